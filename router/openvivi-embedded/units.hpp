// The units of this machine and its power, through systemd's and logind's D-Bus interfaces; polkit decides what we may.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::openvivi_embedded {

/// org.freedesktop.systemd1(5): what systemd says of a unit.
struct UnitState {
    std::string service{};       ///< "vivi-dhcpd"
    std::string load_state{};    ///< "loaded", "not-found", "masked" …
    std::string active_state{};  ///< "active", "inactive", "failed", "activating" …
    std::string sub_state{};     ///< "running", "dead" …
    std::string result{};        ///< "success", "exit-code", "watchdog" …: how it ended last.
    std::uint32_t restarts = 0;  ///< Since it was last started by a person (NRestarts).
    std::uint32_t pid = 0;       ///< 0: none.
    WallTime active_since{};     ///< 1970 when it never was.
    bool has_job = false;        ///< Being started or stopped.
};

nlohmann::json to_json(const UnitState& unit);

enum class UnitVerb : std::uint8_t { Start, Stop, Restart };
enum class PowerVerb : std::uint8_t { Reboot, PowerOff };

/// One call, at most 3 s, over the system bus: all of these block. Denied when polkit refuses; Unavailable when no bus, systemd
/// or logind is there; NotFound when there is no such unit; Timeout when the call went out and no answer came.
class Units {
public:
    /// `address` of the bus, as D-Bus spells it; empty: the system's.
    explicit Units(std::string address) : address_{std::move(address)} {}

    /// `unit` is "vivi-dhcpd.service".
    Result<UnitState> state(const std::string& service, const std::string& unit) const;
    /// Puts a job into systemd's queue; its end shows in state().
    Status queue(UnitVerb verb, const std::string& unit) const;
    Status power(PowerVerb verb) const;

private:
    std::string address_;
};

}  // namespace vivi::openvivi_embedded
