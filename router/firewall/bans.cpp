// The bans a policy means, and who is where.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/bans.hpp"

#include <algorithm>

namespace vivi::firewall {
namespace {

bool is_in_force(const model::DeviceRule& rule, WallTime now) { return !rule.until || now < *rule.until; }

/// An IPv4 address a guest can have: inside a network, and not the router's own, the network's, its broadcast, or the gateway's.
bool can_be_a_guests(Ipv4 address, const model::Configuration& configuration) {
    if (configuration.uplink.gateway == address) return false;
    return std::ranges::any_of(configuration.networks, [&](const model::Network& network) {
        const auto& prefix = network.address;
        return prefix.contains(address) && address != prefix.address && address != prefix.network() &&
               address != prefix.broadcast();
    });
}

/// Global, unique local or link-local unicast (RFC 4291 sections 2.4 and 2.5).
bool can_be_a_guests(const Ipv6& address) {
    const bool is_small = std::all_of(address.octets.begin(), address.octets.begin() + 8, [](auto octet) { return octet == 0; });
    return address.octets[0] != 0xff && !is_small;
}

bool can_be_a_guests(const Ipv6& address, const model::Configuration& configuration) {
    const auto v4 = from_mapped(address);
    return v4 ? can_be_a_guests(*v4, configuration) : can_be_a_guests(address);
}

}  // namespace

std::set<Mac> banned_devices(const model::Policy& policy, WallTime now) {
    std::set<Mac> banned;
    for (const auto& rule : policy.devices) {
        if (rule.decision == model::Decision::Deny && is_in_force(rule, now)) banned.insert(rule.device);
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

std::map<Ipv6, Mac> holders(const model::Configuration& configuration, std::span<const Place> leased,
                            std::span<const Place> seen) {
    std::map<Ipv6, Mac> holder;
    for (const auto& place : leased) {
        if (can_be_a_guests(place.address, configuration)) holder.insert_or_assign(place.address, place.device);
    }
    for (const auto& place : seen) {
        if (can_be_a_guests(place.address, configuration)) holder.emplace(place.address, place.device);
    }
    return holder;
}

Bans bans(std::set<Mac> devices, const std::map<Ipv6, Mac>& holders, const std::set<Ipv6>& quarantined) {
    Bans result{.devices = std::move(devices), .addresses = quarantined};
    for (const auto& [address, device] : holders) {
        if (result.devices.contains(device)) result.addresses.insert(address);
    }
    return result;
}

}  // namespace vivi::firewall
