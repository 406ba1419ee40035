// Numbers of views by hashing, and who is in which.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/views.hpp"

#include <set>
#include <string>

namespace vivi::policy {
namespace {

constexpr std::uint32_t device_bit = 1U << 29;
constexpr std::uint32_t hash_mask = device_bit - 1;

/// FNV-1a, 64 bits, folded.
template <class Octets>
std::uint32_t hash(const Octets& octets) noexcept {
    std::uint64_t value = 0xcbf29ce484222325ULL;
    for (const auto octet : octets) value = (value ^ static_cast<std::uint8_t>(octet)) * 0x100000001b3ULL;
    return static_cast<std::uint32_t>(value ^ value >> 32);
}

/// The number of `wanted`, or the next free one: two names with one hash (one in millions) must not share their rules. Asked in
/// the order of names, so the outcome does not depend on positions in the document.
ViewId free_one(ViewId wanted, std::set<ViewId>& taken) {
    const auto kind = wanted & device_bit;
    while (wanted == everybody || !taken.insert(wanted).second) wanted = kind | ((wanted + 1) & hash_mask);
    return wanted;
}

std::set<Mac> devices_with_own_rules(const model::Policy& policy) {
    std::set<Mac> devices{policy.origin.own_views.begin(), policy.origin.own_views.end()};
    const auto add = [&](const auto& rules) {
        for (const auto& rule : rules) {
            if (rule.scope.device) devices.insert(*rule.scope.device);
        }
    };
    add(policy.domains);
    add(policy.addresses);
    add(policy.categories);
    add(policy.services);
    add(policy.lists);
    return devices;
}

}  // namespace

ViewId view_of_group(std::string_view name) noexcept {
    const auto view = hash(name) & hash_mask;
    return view == everybody ? 1 : view;
}

ViewId view_of_device(Mac device) noexcept { return device_bit | (hash(device.octets) & hash_mask); }

std::map<std::string, ViewId> group_views(const model::Policy& policy) {
    std::map<std::string, ViewId> views;
    for (const auto& group : policy.groups) views.emplace(group.name, everybody);
    std::set<ViewId> taken;
    for (auto& [name, view] : views) view = free_one(view_of_group(name), taken);
    return views;
}

std::map<Mac, ViewId> views(const model::Policy& policy) {
    const auto of_group = group_views(policy);
    std::map<Mac, ViewId> views;
    for (const auto& group : policy.groups) {
        for (const auto device : group.devices) views.emplace(device, of_group.at(group.name));
    }
    std::set<ViewId> taken;
    for (const auto device : devices_with_own_rules(policy)) views[device] = free_one(view_of_device(device), taken);
    return views;
}

std::map<ViewId, model::Mode> modes(const model::Policy& policy) {
    std::map<Mac, model::Mode> of_device;
    for (const auto& group : policy.groups) {
        for (const auto device : group.devices) of_device.emplace(device, group.mode.value_or(policy.mode));
    }
    std::map<ViewId, model::Mode> modes{{everybody, policy.mode}};
    for (const auto& [device, view] : views(policy)) {
        const auto found = of_device.find(device);
        modes.emplace(view, found == of_device.end() ? policy.mode : found->second);
    }
    return modes;
}

}  // namespace vivi::policy
