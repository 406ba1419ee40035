// Adds and removes single elements of our sets by raw netlink: one small transaction, not a reload.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/core/result.hpp"
#include "router/firewall/changes.hpp"
#include "router/firewall/netlink.hpp"

namespace vivi::firewall {

/// All of it or nothing. NotFound: the table, a set, or an element to remove is not there. After an error the socket is to be
/// replaced (batch.hpp).
Status change_elements(Netlink& netlink, const Changes& changes);

}  // namespace vivi::firewall
