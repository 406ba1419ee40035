// Addresses that no public name should lead to: what a rebinding attack needs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/core/net.hpp"

namespace vivi::dnsd {

/// Private, shared, loopback, link-local, unspecified, multicast and broadcast addresses of both families, also inside the IPv6
/// forms that carry an IPv4 address (mapped, NAT64, 6to4). The table with its RFCs is in the .cpp. IPv4 comes mapped.
bool is_private(const Ipv6& address) noexcept;

}  // namespace vivi::dnsd
