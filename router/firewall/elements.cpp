// A plan's changes as one batch.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/elements.hpp"

#include <vector>

#include "router/firewall/batch.hpp"

namespace vivi::firewall {

Status change_elements(Netlink& netlink, const Changes& changes) {
    Batch batch{netlink};
    // First what goes: a map's key that gets another value is in both.
    for (const auto& change : changes.sets) batch.remove(change.set, std::vector(change.remove.begin(), change.remove.end()));
    for (const auto& change : changes.sets) batch.add(change.set, std::vector(change.add.begin(), change.add.end()));
    return batch.commit();
}

}  // namespace vivi::firewall
