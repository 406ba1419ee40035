// A plan's changes as one batch.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/elements.hpp"

#include <linux/netlink.h>

#include <vector>

#include "router/firewall/batch.hpp"

namespace vivi::firewall {

Status change_elements(const Changes& changes) {
    auto netlink = Netlink::open(NETLINK_NETFILTER);
    if (!netlink) return std::unexpected{std::move(netlink).error()};
    Batch batch{*netlink};
    // First what goes: a map's key that gets another value is in both.
    for (const auto& change : changes.sets) batch.remove(change.set, std::vector(change.remove.begin(), change.remove.end()));
    for (const auto& change : changes.sets) batch.add(change.set, std::vector(change.add.begin(), change.add.end()));
    if (auto done = batch.commit(); !done) return std::unexpected{std::move(done).error().in("changing set elements")};
    return {};
}

}  // namespace vivi::firewall
