// Bytes of the network: a sticky reader and a growing writer, big-endian, bounds kept in one place.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vivi {

using BytesView = std::span<const std::byte>;
using Bytes = std::vector<std::byte>;

inline BytesView as_bytes(std::string_view text) noexcept { return std::as_bytes(std::span{text.data(), text.size()}); }
inline std::string_view as_text(BytesView bytes) noexcept {
    return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

/// Reads big-endian values off the front. Sticky: after the first short read every value is zero and ok() is false,
/// so a whole header can be read straight down and checked once.
class Reader {
public:
    explicit Reader(BytesView bytes) noexcept : rest_{bytes} {}

    std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u24() noexcept { return static_cast<std::uint32_t>(number(3)); }
    std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() noexcept { return number(8); }

    /// Exactly `count` bytes, or none.
    BytesView take(std::size_t count) noexcept {
        ok_ = ok_ && count <= rest_.size();
        return ok_ ? std::exchange(rest_, rest_.subspan(count)).first(count) : BytesView{};
    }
    /// A reader of exactly the next `count` bytes: a length from the network cannot read past its neighbour.
    Reader sub(std::size_t count) noexcept {
        Reader inner{take(count)};
        inner.ok_ = ok_;
        return inner;
    }
    /// Everything that is left.
    BytesView rest() const noexcept { return ok_ ? rest_ : BytesView{}; }
    std::size_t remaining() const noexcept { return ok_ ? rest_.size() : 0; }
    bool ok() const noexcept { return ok_; }
    bool done() const noexcept { return !ok_ || rest_.empty(); }

private:
    std::uint64_t number(std::size_t width) noexcept {
        std::uint64_t value = 0;
        for (const auto octet : take(width)) value = value << 8 | std::to_integer<std::uint64_t>(octet);
        return value;
    }

    BytesView rest_;
    bool ok_ = true;
};

/// Appends big-endian values.
class Writer {
public:
    Writer& u8(std::uint8_t value) {
        bytes_.push_back(std::byte{value});
        return *this;
    }
    Writer& u16(std::uint16_t value) {
        return u8(static_cast<std::uint8_t>(value >> 8)).u8(static_cast<std::uint8_t>(value));
    }
    Writer& u24(std::uint32_t value) {
        return u8(static_cast<std::uint8_t>(value >> 16)).u16(static_cast<std::uint16_t>(value));
    }
    Writer& u32(std::uint32_t value) {
        return u16(static_cast<std::uint16_t>(value >> 16)).u16(static_cast<std::uint16_t>(value));
    }
    Writer& u64(std::uint64_t value) {
        return u32(static_cast<std::uint32_t>(value >> 32)).u32(static_cast<std::uint32_t>(value));
    }
    Writer& put(BytesView bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }
    Writer& put(std::string_view text) { return put(as_bytes(text)); }
    Writer& zeros(std::size_t count) {
        bytes_.resize(bytes_.size() + count);
        return *this;
    }
    /// Overwrites a 16-bit field written earlier (a length or a checksum known only at the end).
    Writer& patch_u16(std::size_t offset, std::uint16_t value) {
        bytes_.at(offset) = static_cast<std::byte>(value >> 8);
        bytes_.at(offset + 1) = static_cast<std::byte>(value & 0xff);
        return *this;
    }
    Writer& patch_u32(std::size_t offset, std::uint32_t value) {
        return patch_u16(offset, static_cast<std::uint16_t>(value >> 16)).patch_u16(offset + 2, static_cast<std::uint16_t>(value));
    }
    std::size_t size() const noexcept { return bytes_.size(); }
    BytesView view() const noexcept { return bytes_; }
    Bytes take_bytes() { return std::exchange(bytes_, {}); }

private:
    Bytes bytes_;
};

}  // namespace vivi
