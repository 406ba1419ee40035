// The first bytes of a stream, put together from pieces that come in any order, twice, or overlapping.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bitset>
#include <cstdint>

#include "common/core/bytes.hpp"

namespace vivi::pcapd {

/// Of two pieces that differ where they overlap, the one that came first holds there; what a receiver does is its own affair (RFC
/// 9293 section 3.10.7.4 lets it trim either).
class StreamStart {
public:
    static constexpr std::size_t capacity = 8 * 1024;

    /// `offset` from the beginning of the stream. What lies behind the capacity is not kept.
    void add(std::uint64_t offset, BytesView piece) noexcept;
    /// What is there without a gap, from the beginning.
    BytesView prefix() const noexcept { return BytesView{bytes_}.first(whole_); }
    bool is_full() const noexcept { return whole_ == capacity; }

private:
    std::array<std::byte, capacity> bytes_{};
    std::bitset<capacity> is_there_{};
    std::size_t whole_ = 0;
};

}  // namespace vivi::pcapd
