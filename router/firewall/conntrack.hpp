// Forgets connections: deletes the kernel's tracking entries of given addresses.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "common/core/net.hpp"
#include "common/core/result.hpp"

namespace vivi::firewall {

/// Every IPv4 connection that has one of the addresses as source or destination, in the original or the reply direction.
Status forget_connections(const std::set<Ipv4>& addresses);

}  // namespace vivi::firewall
