// Which addresses a URL from a stranger may lead to: public unicast, nothing else. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/core/net.hpp"

namespace vivi::egress {

/// False for everything in the special-purpose registries (RFC 6890 and its updates): this network, private, shared (CGNAT),
/// loopback, link-local, documentation, benchmarking, multicast, reserved, broadcast.
bool is_public(Ipv4 address) noexcept;
/// Only 2000::/3, without its special parts; addresses that carry an IPv4 address (mapped, NAT64, 6to4) are judged by it, and
/// Teredo is refused.
bool is_public(const Ipv6& address) noexcept;

}  // namespace vivi::egress
