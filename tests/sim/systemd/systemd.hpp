// As much of systemd and logind on a D-Bus of its own as openvivi-embedded asks of them, for routers that are no machines.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "common/runtime/task.hpp"

namespace vivi::sim {

/// What systemd says of a unit (org.freedesktop.systemd1(5)).
struct Unit {
    std::string load_state = "not-found";
    std::string active_state = "inactive";
    std::string sub_state = "dead";
    WallTime active_since{};
    bool has_job = false;
    std::uint32_t restarts = 0;
    std::uint32_t pid = 0;
};

enum class UnitVerb { Start, Stop, Restart };
enum class PowerVerb { Reboot, PowerOff };

/// Whatever stands for the machine.
class Machine {
public:
    virtual ~Machine() = default;
    /// Of "vivi-dnsd.service"; `load_state` says when there is none.
    virtual Unit unit(const std::string& name) = 0;
    virtual Status queue(UnitVerb verb, const std::string& name) = 0;
    /// Timeout: the bus goes away before the answer, as it can when the machine goes down.
    virtual Status power(PowerVerb verb) = 0;
};

/// What DBUS_SYSTEM_BUS_ADDRESS must say (sd_bus_open_system(3)) for a program to speak to the machine behind `socket`, and never
/// to the one it really runs on.
std::string bus_address(const std::string& socket);

/// Answers on `socket` until cancelled.
Task<> serve_systemd(Machine& machine, std::string socket);

/// As the kernel writes one.
std::string new_boot_id();

}  // namespace vivi::sim
