// A UDP datagram as a whole Ethernet frame, for answers to hosts that have no address yet.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"

namespace vivi::wire {

inline constexpr Mac broadcast_mac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
inline constexpr Ipv4 broadcast_ipv4{0xffffffff};

/// One end of a datagram, as raw frames need it.
struct Endpoint {
    Mac mac{};
    Ipv4 address{};
    std::uint16_t port = 0;
};

/// Ethernet II (no VLAN tag: the kernel adds it), IPv4 without options, not fragmented (RFC 6864: identification 0, DF), UDP,
/// both checksums filled in. `payload` is at most 1,472 bytes. Short frames are not padded: the driver does that.
Bytes udp_frame(const Endpoint& from, const Endpoint& to, BytesView payload);

/// RFC 1071 over `bytes`, continuing from `sum` (not complemented). An odd last byte is padded with zero.
std::uint32_t add_to_checksum(std::uint32_t sum, BytesView bytes) noexcept;
/// Folds to 16 bits and complements.
std::uint16_t finish_checksum(std::uint32_t sum) noexcept;

}  // namespace vivi::wire
