// ICMPv6 (RFC 4443): who announces itself as an IPv6 router.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/wire/ipv6.hpp"

namespace vivi::wire::icmpv6 {

/// IANA protocol number.
inline constexpr std::uint8_t protocol = 58;

/// A router advertisement (RFC 4861 section 4.2) that hosts on the link obey: type 134, code 0, whole, from a link-local address,
/// with hop limit 255 (section 6.1.2). The checksum is not verified. `packet` as ipv6::parse() gave it.
bool is_router_advertisement(const ipv6::Packet& packet) noexcept;

}  // namespace vivi::wire::icmpv6
