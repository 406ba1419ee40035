// The least prefixes that cover the same addresses. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/core/net.hpp"

namespace vivi::firewall {

/// Sorted; none inside another, and no two that are the halves of one: what the kernel's interval sets take (no overlaps), as
/// small as it can be said. Both families at once: IPv4 is mapped, and a prefix shorter than the mapping's 96 bits never swallows
/// it.
std::vector<IpPrefix> coalesce(std::vector<IpPrefix> prefixes);

}  // namespace vivi::firewall
