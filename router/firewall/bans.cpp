// The bans a policy means.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/bans.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace vivi::firewall {
namespace {

bool is_in_force(const model::DeviceRule& rule, WallTime now) { return !rule.until || now < *rule.until; }

/// An address a guest can have: inside a network, and not the router's own, the network's or its broadcast.
bool can_be_a_guests(Ipv4 address, const model::Configuration& configuration) {
    return std::ranges::any_of(configuration.networks, [&](const model::Network& network) {
        const auto& prefix = network.address;
        return prefix.contains(address) && address != prefix.address && address != prefix.network() &&
               address != prefix.broadcast();
    });
}

template <class T>
std::set<T> without(const std::set<T>& all, const std::set<T>& taken) {
    std::set<T> left;
    std::ranges::set_difference(all, taken, std::inserter(left, left.end()));
    return left;
}

}  // namespace

std::set<Mac> banned_devices(const model::Policy& policy, WallTime now) {
    std::set<Mac> banned;
    for (const auto& rule : policy.devices) {
        if (rule.decision == model::Decision::Deny && is_in_force(rule, now)) banned.insert(rule.device);
    }
    for (const auto& rule : policy.devices) {
        if (rule.decision == model::Decision::Allow && is_in_force(rule, now)) banned.erase(rule.device);
    }
    for (const auto& device : policy.protected_devices) banned.erase(device);
    return banned;
}

std::optional<WallTime> next_change(const model::Policy& policy, WallTime now) {
    std::optional<WallTime> next;
    for (const auto& rule : policy.devices) {
        if (rule.until && now < *rule.until) next = next ? std::min(*next, *rule.until) : *rule.until;
    }
    return next;
}

Bans bans(const model::Configuration& configuration, std::span<const Place> leased, std::span<const Place> seen, WallTime now) {
    Bans result{.devices = banned_devices(configuration.policy, now)};
    std::map<Ipv4, Mac> holder;
    for (const auto& place : leased) holder.insert_or_assign(place.address, place.device);
    for (const auto& place : seen) holder.emplace(place.address, place.device);
    for (const auto& [address, device] : holder) {
        if (result.devices.contains(device) && can_be_a_guests(address, configuration)) result.addresses.insert(address);
    }
    return result;
}

Changes changes(const Bans& from, const Bans& to) {
    return {.add_devices = without(to.devices, from.devices),
            .remove_devices = without(from.devices, to.devices),
            .add_addresses = without(to.addresses, from.addresses),
            .remove_addresses = without(from.addresses, to.addresses)};
}

}  // namespace vivi::firewall
