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

/// The interfaces of the machine that are its LAN; several are joined in a bridge.
using LanPorts = std::vector<std::string>;
inline constexpr const char* local_bridge = "vivi-lan";

/// Uplink and LAN that were set here hold only once they have proved themselves: otherwise those before come back, both.
struct LocalTrial {
    std::optional<Uplink> before{};        ///< Nothing: the server's.
    std::optional<LanPorts> lan_before{};  ///< Likewise.
    bool wants_hub = true;                 ///< The uplink is to be proved by a new connection to a hub.
    bool wants_person = false;             ///< The LAN is to be proved by somebody who reaches the page by it, and keeps it.
    int starts = 0;                        ///< Of openvivi-embedded since.
    bool operator==(const LocalTrial&) const = default;
};

/// /var/lib/vivi/local.json (docs/protocol.md section 9): written by openvivi-embedded alone, read by bridged.
struct LocalChanges {
    std::optional<Uplink> uplink{};
    std::optional<LanPorts> lan{};           ///< Of the first network, and of those that are VLANs beside it.
    std::vector<LocalDevice> devices{};      ///< At most 64, each once.
    std::optional<WallTime> bypass_until{};  ///< Until then nothing is blocked but devices.
    std::optional<LocalTrial> trial{};       ///< `uplink` or `lan` has not proved itself yet.
    std::string taken_back{};  ///< The uplink or LAN that did not prove itself, in words; empty: none, or another came.
    bool operator==(const LocalChanges&) const = default;
};

Json to_json(const LocalChanges& changes);
std::expected<LocalChanges, Problems> parse_local_changes(const Json& document);

/// `configuration` with the interfaces that `changes` gives to uplink and LAN, and nothing else of it.
Configuration with_topology(Configuration configuration, const LocalChanges& changes);
/// `configuration` with what of `changes` holds at `now`: uplink and LAN replaced, devices decided, and during a bypass no rule
/// for names, addresses, categories, services, lists or rates, and no group. Revision and custody stay the server's.
Configuration overlaid(Configuration configuration, const LocalChanges& changes, WallTime now);
/// How long somebody at the router may decide for. What would last longer than that from `now` on was decided by a clock that was
/// ahead, and is over too: a bypass of 15 minutes never becomes one of years because the clock was set right.
inline constexpr Milliseconds most_bypass{15 * 60'000}, most_local_device{24 * 3'600'000};
bool still_lasts(WallTime until, Milliseconds most, WallTime now);
/// `changes` without what has ended at `now`.
LocalChanges without_ended(LocalChanges changes, WallTime now);
/// What of `changes` has not ended at `now` and decides anything: without trial and taken_back.
LocalChanges still_holding(LocalChanges changes, WallTime now);

/// Why the LAN cannot be on `ports` with this uplink, in one sentence; empty: it can. There is a network; each port is named
/// once; the uplink's interface is none of several.
std::string why_not(const LanPorts& ports, const Uplink& uplink, const Configuration& configuration);

/// Why `uplink` cannot be, beside the networks of `configuration`, in one sentence; empty: it can.
/// - a static one needs an address and a gateway in its prefix that is not the address;
/// - its prefix must not overlap a LAN's: neither side could be told from the other;
/// - its interface must be named; one-armed (on a LAN's own device) its address is the LAN's, and the gateway one of it.
std::string why_not(const Uplink& uplink, const Configuration& configuration);

}  // namespace vivi::model
