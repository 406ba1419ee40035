// What somebody with the PIN decided at the router itself, and how it lies over the server's configuration. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "common/core/time.hpp"
#include "common/model/configuration.hpp"

namespace vivi::model {

/// A device that is denied or let in for a while, whatever the server says of it.
struct LocalDevice {
    Mac device{};
    Decision decision = Decision::Deny;
    WallTime until{};
    bool operator==(const LocalDevice&) const = default;
};

/// /var/lib/vivi/local.json (docs/protocol.md section 9): written by openvivi-embedded alone, read by bridged.
struct LocalChanges {
    std::optional<Uplink> uplink{};
    std::vector<LocalDevice> devices{};      ///< At most 64, each once.
    std::optional<WallTime> bypass_until{};  ///< Until then nothing is blocked but devices.
    bool operator==(const LocalChanges&) const = default;
};

Json to_json(const LocalChanges& changes);
std::expected<LocalChanges, Problems> parse_local_changes(const Json& document);

/// `configuration` with what of `changes` holds at `now`: the uplink replaced, devices decided, and during a bypass no rule for
/// names, addresses, categories, services, lists or rates, and no group. Revision and custody stay the server's.
Configuration overlaid(Configuration configuration, const LocalChanges& changes, WallTime now);
/// What of `changes` has not ended at `now`.
LocalChanges still_holding(LocalChanges changes, WallTime now);

/// Why `uplink` cannot be, beside the networks of `configuration`, in one sentence; empty: it can.
/// - a static one needs an address and a gateway in its prefix that is not the address;
/// - its prefix must not overlap a LAN's: neither side could be told from the other;
/// - its interface must be named.
std::string why_not(const Uplink& uplink, const Configuration& configuration);

}  // namespace vivi::model
