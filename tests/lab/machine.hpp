// The router of the lab as the machine that its embedded API may command: services are the lab's programs, a reboot is all of
// them ending and coming back in another boot. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/settings.hpp"
#include "tests/lab/supervisor.hpp"
#include "tests/sim/systemd/systemd.hpp"

namespace vivi::lab {

/// Where the router's programs find the lab's systemd.
std::string machine_socket(const Settings& settings);
/// What those programs see as /proc/sys/kernel/random/boot_id.
std::string boot_id_file(const Settings& settings);

class Machine final : public sim::Machine {
public:
    /// Both outlive it.
    Machine(const Settings& settings, Supervisor& supervisor) : settings_{settings}, supervisor_{supervisor} {}

    sim::Unit unit(const std::string& name) override;
    Status queue(sim::UnitVerb verb, const std::string& name) override;
    Status power(sim::PowerVerb verb) override;
    /// After a power-off, as somebody at the router does.
    Status power_on();

private:
    const Settings& settings_;
    Supervisor& supervisor_;
};

/// Writes another boot id.
Status begin_boot(const Settings& settings);

}  // namespace vivi::lab
