// What somebody with the PIN decided at the router itself, and how it lies over the server's configuration. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <optional>
#include <string>
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

/// An uplink that was set here holds only once it has proved itself: otherwise the one before comes back.
struct LocalTrial {
    std::optional<Uplink> before{};  ///< Nothing: the server's.
    int starts = 0;                  ///< Of openvivi-embedded since.
    bool operator==(const LocalTrial&) const = default;
};

/// /var/lib/vivi/local.json (docs/protocol.md section 9): written by openvivi-embedded alone, read by bridged.
struct LocalChanges {
    std::optional<Uplink> uplink{};
    std::vector<LocalDevice> devices{};      ///< At most 64, each once.
    std::optional<WallTime> bypass_until{};  ///< Until then nothing is blocked but devices.
    std::optional<LocalTrial> trial{};       ///< `uplink` has not proved itself yet.
    std::string taken_back{};                ///< The uplink that did not prove itself, in words; empty: none, or another came.
    bool operator==(const LocalChanges&) const = default;
};

Json to_json(const LocalChanges& changes);
std::expected<LocalChanges, Problems> parse_local_changes(const Json& document);

/// `configuration` with what of `changes` holds at `now`: the uplink replaced, devices decided, and during a bypass no rule for
/// names, addresses, categories, services, lists or rates, and no group. Revision and custody stay the server's.
Configuration overlaid(Configuration configuration, const LocalChanges& changes, WallTime now);
/// How long somebody at the router may decide for. What would last longer than that from `now` on was decided by a clock that was
/// ahead, and is over too: a bypass of 15 minutes never becomes one of years because the clock was set right.
inline constexpr Milliseconds most_bypass{15 * 60'000}, most_local_device{24 * 3'600'000};
bool still_lasts(WallTime until, Milliseconds most, WallTime now);
/// `changes` without what has ended at `now`.
LocalChanges without_ended(LocalChanges changes, WallTime now);
/// What of `changes` has not ended at `now` and decides anything: without trial and taken_back.
LocalChanges still_holding(LocalChanges changes, WallTime now);

/// Why `uplink` cannot be, beside the networks of `configuration`, in one sentence; empty: it can.
/// - a static one needs an address and a gateway in its prefix that is not the address;
/// - its prefix must not overlap a LAN's: neither side could be told from the other;
/// - its interface must be named; one-armed (on a LAN's own device) its address is the LAN's, and the gateway one of it.
std::string why_not(const Uplink& uplink, const Configuration& configuration);

}  // namespace vivi::model
