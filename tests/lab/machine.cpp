// Units of the router and the lab's programs that they are.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/machine.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace vivi::lab {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> programs{{
    {"vivi-bridged.service", "bridged"},
    {"vivi-bridged.service", "sim-router"},  // Its bridge, where the router is simulated.
    {"vivi-dhcpd.service", "dhcpd"},
    {"vivi-dnsd.service", "dnsd"},
    {"vivi-openvivi-embedded.service", "openvivi-embedded"},
    {"vivi-pcapd.service", "pcapd"},
    {"vivi-redis-state.service", "router-redis-state"},
    {"vivi-redis-stream.service", "router-redis-stream"},
    {"rabbitmq-server.service", "router-rabbitmq"},
    {"unbound.service", "unbound"},
}};

}  // namespace

std::string machine_socket(const Settings& settings) { return settings.path("run/systemd.sock"); }
std::string boot_id_file(const Settings& settings) { return settings.path("router/boot_id"); }
Status begin_boot(const Settings& settings) { return write_file(boot_id_file(settings), sim::new_boot_id() + "\n"); }

sim::Unit Machine::unit(const std::string& name) {
    for (const auto& [unit, program] : programs) {
        const auto state = unit == name ? supervisor_.state(std::string{program}) : std::nullopt;
        if (!state) continue;
        const bool runs = state->pid != 0;
        return {.load_state = "loaded",
                .active_state = runs               ? "active"
                                : state->is_wanted ? "activating"
                                                   : "inactive",
                .sub_state = runs               ? "running"
                             : state->is_wanted ? "auto-restart"
                                                : "dead",
                .active_since = state->started_at,
                .has_job = state->is_changing,
                .restarts = static_cast<std::uint32_t>(state->starts - 1),
                .pid = static_cast<std::uint32_t>(state->pid)};
    }
    return {};
}

Status Machine::queue(sim::UnitVerb verb, const std::string& name) {
    for (const auto& [unit, program] : programs) {
        const std::string at{program};
        const auto state = unit == name ? supervisor_.state(at) : std::nullopt;
        if (!state) continue;
        switch (verb) {
            case sim::UnitVerb::Start: return supervisor_.start(at);
            case sim::UnitVerb::Stop: return state->pid == 0 ? Status{} : supervisor_.stop(at);
            case sim::UnitVerb::Restart: return supervisor_.restart(at);
        }
    }
    return failed(Code::NotFound, "Unit " + name + " not found in the lab.");
}

Status Machine::power(sim::PowerVerb verb) {
    if (verb == sim::PowerVerb::Reboot) {
        if (auto begun = begin_boot(settings_); !begun) return begun;
    }
    for (const auto& [unit, program] : programs) {
        const std::string at{program};
        const auto state = supervisor_.state(at);
        if (!state) continue;
        if (verb == sim::PowerVerb::Reboot) {
            if (auto restarted = supervisor_.restart(at); !restarted) return restarted;
        } else if (state->pid != 0) {
            if (auto stopped = supervisor_.stop(at); !stopped) return stopped;
        }
    }
    return {};
}

Status Machine::power_on() {
    if (auto begun = begin_boot(settings_); !begun) return begun;
    for (const auto& [unit, program] : programs) {
        if (!supervisor_.state(std::string{program})) continue;
        if (auto started = supervisor_.start(std::string{program}); !started) return started;
    }
    return {};
}

}  // namespace vivi::lab
