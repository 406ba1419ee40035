// The checks that a host makes before it believes a router.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/icmpv6.hpp"

namespace vivi::wire::icmpv6 {
namespace {

constexpr std::uint8_t router_advertisement = 134, from_this_link = 255;
constexpr std::size_t fixed_part_bytes = 16;  // RFC 4861 section 4.2, up to the options.

/// fe80::/10, RFC 4291 section 2.4.
bool is_link_local(const Ipv6& address) noexcept { return address.octets[0] == 0xfe && (address.octets[1] & 0xc0) == 0x80; }

}  // namespace

bool is_router_advertisement(const ipv6::Packet& packet) noexcept {
    if (packet.protocol != protocol || !packet.starts_payload || packet.hop_limit != from_this_link) return false;
    if (!is_link_local(packet.source) || packet.payload.size() < fixed_part_bytes) return false;
    Reader in{packet.payload};
    const auto type = in.u8();
    const auto code = in.u8();
    return type == router_advertisement && code == 0;
}

}  // namespace vivi::wire::icmpv6
