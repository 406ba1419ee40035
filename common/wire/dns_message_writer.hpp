// Writes DNS messages into room that the caller has: compressed, never beyond its end, cut whole records at a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/wire/dns_message.hpp"

namespace vivi::wire::dns {

/// Header and question first, then records section by section. What does not fit is not begun: the record's function says false
/// and the message is as before. The size of the room is the limit of the message.
class MessageWriter {
public:
    /// `room` has place for a header and a question at least (272 bytes always do). Counts are filled in by finish().
    MessageWriter(std::span<std::byte> room, std::uint16_t id, std::uint16_t flags) noexcept;

    void question(const Question& question) noexcept;
    /// Takes `bytes` off the room for what will be added at the end.
    void reserve(std::size_t bytes) noexcept { limit_ -= bytes < limit_ ? bytes : limit_; }
    void unreserve(std::size_t bytes) noexcept { limit_ += bytes; }

    /// A record whose data has no names to compress.
    bool record(Section section, const WireName& owner, std::uint16_t type, std::uint32_t ttl, BytesView data) noexcept;
    bool address(const WireName& owner, const Ipv6& address, std::uint32_t ttl) noexcept;  ///< A when it is mapped, or AAAA.
    bool pointer(const WireName& owner, const WireName& target, std::uint32_t ttl) noexcept;
    /// RFC 1035 section 3.3.13, with `minimum` as the time for which its absence holds (RFC 2308 section 4).
    bool soa(const WireName& zone, const WireName& server, std::uint32_t ttl, std::uint32_t minimum) noexcept;
    /// A record of another message, its names taken out of their compression. `data`, when it has bytes, replaces its data.
    bool copy(const Message& from, const Record& record, BytesView data = {}) noexcept;
    /// OPT with our payload size and the options as they are (RFC 6891).
    bool edns(std::uint16_t rcode, bool dnssec_ok, BytesView options) noexcept;

    void add_flags(std::uint16_t flags) noexcept { flags_ |= flags; }
    /// Drops every record; the question stays.
    void clear_records() noexcept;
    std::size_t size() const noexcept { return at_; }
    std::uint16_t count(Section section) const noexcept { return counts_.at(static_cast<std::size_t>(section)); }
    /// Size of the finished message.
    std::size_t finish() noexcept;

private:
    struct Mark {
        std::size_t at;
        std::uint8_t names;
    };
    void u8(std::uint8_t value) noexcept;
    void u16(std::uint16_t value) noexcept;
    void u32(std::uint32_t value) noexcept;
    void put(BytesView bytes) noexcept;
    /// Compressed against names written before (RFC 1035 section 4.1.4), or not (RFC 3597 section 4, RFC 9460 section 2.2).
    enum class Compression : std::uint8_t { Yes, No };
    void name(const WireName& name, Compression compression) noexcept;
    /// Offset of one of the first `names` names that equals these labels, or 0. Without regard to case: what upstreams say in
    /// the case of our question is said to the client in the case of its own (RFC 4343 section 4.1 leaves it to the writer).
    std::uint16_t written(BytesView labels, std::uint8_t names) const noexcept;
    bool is_at(std::size_t at, BytesView labels) const noexcept;
    void begin(const WireName& owner, std::uint16_t type, std::uint16_t klass, std::uint32_t ttl) noexcept;
    /// Fills in the length of the data begun at the last begin(); false, and back at `mark`, when it did not fit.
    bool end(Section section, Mark mark) noexcept;
    Mark mark() noexcept {
        fits_ = true;
        return {at_, names_};
    }
    bool copy_data(const Message& from, const Record& record) noexcept;

    std::span<std::byte> room_;
    std::size_t limit_;
    std::size_t at_ = header_bytes;
    std::size_t question_end_ = header_bytes;
    std::size_t data_at_ = 0;
    std::uint16_t id_;
    std::uint16_t flags_;
    std::array<std::uint16_t, 4> counts_{};
    std::array<std::uint16_t, 32> offsets_{};  ///< Of labels written; more are not remembered.
    std::uint8_t names_ = 0, question_names_ = 0;
    bool fits_ = true;
};

}  // namespace vivi::wire::dns
