// Old rules, today's bans.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/rolled_policy.hpp"

#include <algorithm>

#include "server/db/revisions.hpp"

namespace vivi::db {

model::Policy rolled_back(const model::Policy& old, const model::Policy& current) {
    auto policy = old;
    std::erase_if(policy.devices, [&](const model::DeviceRule& rule) { return is_ban(rule, old); });
    for (const auto& rule : current.devices) {
        if (!is_ban(rule, current)) continue;
        std::erase(policy.protected_devices, rule.device);
        policy.devices.push_back(rule);
    }
    for (const auto& name : current.never_blocked) {
        if (std::ranges::find(policy.never_blocked, name) == policy.never_blocked.end()) policy.never_blocked.push_back(name);
    }
    return policy;
}

}  // namespace vivi::db
