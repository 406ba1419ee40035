// Devices in, lists of the policy changed.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/device_edits.hpp"

#include <algorithm>

namespace vivi::api {
namespace {

constexpr std::size_t most_name_bytes = 63;

bool has(const std::vector<Mac>& devices, Mac device) { return std::ranges::find(devices, device) != devices.end(); }

}  // namespace

model::Problems set_group(model::Policy& policy, const std::vector<Mac>& devices, const std::string& group) {
    if (group.size() > most_name_bytes) return {"/group: must have at most 63 bytes"};
    const auto named = [&](const model::Group& one) { return one.name == group; };
    if (!group.empty() && std::ranges::none_of(policy.groups, named)) policy.groups.push_back({.name = group});
    for (auto& one : policy.groups) {
        if (!named(one)) {
            std::erase_if(one.devices, [&](Mac device) { return has(devices, device); });
            continue;
        }
        for (const auto& device : devices) {
            if (!has(one.devices, device)) one.devices.push_back(device);
        }
    }
    return {};
}

model::Problems set_protected(model::Policy& policy, const std::vector<Mac>& devices, bool is_protected) {
    const auto is_one = [&](Mac device) { return has(devices, device); };
    if (!is_protected) {
        std::erase_if(policy.protected_devices, is_one);
        return {};
    }
    for (const auto& device : devices) {
        if (!has(policy.protected_devices, device)) policy.protected_devices.push_back(device);
    }
    std::erase_if(policy.devices, [&](const model::DeviceRule& rule) {
        return is_one(rule.device) && rule.decision == model::Decision::Deny && rule.schedule.empty();
    });
    return {};
}

}  // namespace vivi::api
