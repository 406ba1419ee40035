// The kernel's neighbour table: which device answered for which address.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "common/core/result.hpp"
#include "router/firewall/bans.hpp"

namespace vivi::firewall {

/// Entries of both families with a link-layer address that have not failed.
Result<std::vector<Place>> read_neighbours();

}  // namespace vivi::firewall
