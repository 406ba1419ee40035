// Who is banned, and under which addresses: from the policy, the leases and what the kernel saw. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <span>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/configuration.hpp"

namespace vivi::firewall {

/// What the two sets `banned_devices` and `banned_addresses` hold.
struct Bans {
    std::set<Mac> devices{};
    std::set<Ipv4> addresses{};
    bool operator==(const Bans&) const = default;
};

/// Which device has an address: a lease, or an entry of the neighbour table.
struct Place {
    Ipv4 address{};
    Mac device{};
    bool operator==(const Place&) const = default;
};

/// From one Bans to another, by elements.
struct Changes {
    std::set<Mac> add_devices{}, remove_devices{};
    std::set<Ipv4> add_addresses{}, remove_addresses{};
    bool empty() const noexcept {
        return add_devices.empty() && remove_devices.empty() && add_addresses.empty() && remove_addresses.empty();
    }
    bool operator==(const Changes&) const = default;
};

/// Devices with an unexpired deny, unless protected or allowed (the policy's order: protected > allow > deny).
std::set<Mac> banned_devices(const model::Policy& policy, WallTime now);

/// When banned_devices() next gives something else by time alone.
std::optional<WallTime> next_change(const model::Policy& policy, WallTime now);

/// The banned devices and every address of theirs. A lease decides; what was only `seen` counts where no lease says otherwise, so
/// that a banned device which claims its neighbour's address cannot get that neighbour banned. Addresses outside the networks and
/// the router's own are never in it.
Bans bans(const model::Configuration& configuration, std::span<const Place> leased, std::span<const Place> seen, WallTime now);

Changes changes(const Bans& from, const Bans& to);

}  // namespace vivi::firewall
