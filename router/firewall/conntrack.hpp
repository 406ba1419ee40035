// Forgets connections: deletes the kernel's tracking entries.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/core/result.hpp"
#include "router/firewall/firewall.hpp"

namespace vivi::firewall {

/// Every connection, of either family, that has one of the addresses as source or destination or goes to port 53, in the original
/// or the reply direction.
Status forget_connections(const Forget& forget);

/// One flow, with its translation. That there is none is no error.
Status forget_flow(const Flow& flow);

}  // namespace vivi::firewall
