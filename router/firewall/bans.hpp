// Who is banned, and under which addresses. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/configuration.hpp"

namespace vivi::firewall {

/// What the sets `banned_devices`, `banned_addresses` and `banned_addresses6` hold.
struct Bans {
    std::set<Mac> devices{};
    std::set<Ipv6> addresses{};  ///< Both families; IPv4 mapped.
    bool operator==(const Bans&) const = default;
};

/// Which device has an address: a lease, or an entry of the neighbour table.
struct Place {
    Ipv6 address{};  ///< IPv4 mapped.
    Mac device{};
    bool operator==(const Place&) const = default;
};

/// Devices with an unexpired deny, unless protected.
std::set<Mac> banned_devices(const model::Policy& policy, WallTime now);

/// When banned_devices() next gives something else by time alone.
std::optional<WallTime> next_change(const model::Policy& policy, WallTime now);

/// Who has which address. A lease decides; what was only `seen` counts where no lease says otherwise, so that a banned device
/// which claims its neighbour's address cannot get that neighbour banned. IPv4 addresses outside the networks and the router's
/// own are never in it, nor are IPv6 addresses that no guest can have (multicast, loopback, unspecified).
std::map<Ipv6, Mac> holders(const model::Configuration& configuration, std::span<const Place> leased,
                            std::span<const Place> seen);

/// The banned devices, every address of theirs, and the addresses in quarantine.
Bans bans(std::set<Mac> devices, const std::map<Ipv6, Mac>& holders, const std::set<Ipv6>& quarantined);

}  // namespace vivi::firewall
