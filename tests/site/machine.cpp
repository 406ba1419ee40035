// Units that start and stop at once.
// SPDX-License-Identifier: Apache-2.0
#include "tests/site/machine.hpp"

#include <boost/asio/co_spawn.hpp>
#include <fstream>

#include "common/runtime/clock.hpp"

namespace vivi::test {
namespace {

constexpr const char* own_unit = "vivi-openvivi-embedded.service";
constexpr auto unit_names = {
    "vivi-bridged.service",   "vivi-dhcpd.service",       "vivi-dnsd.service", own_unit,
    "vivi-pcapd.service",     "vivi-redis-state.service", "unbound.service",   "vivi-redis-stream.service",
    "rabbitmq-server.service"};

}  // namespace

SiteMachine::SiteMachine(std::string folder, Tunnel tunnel) : folder_{std::move(folder)}, tunnel_{std::move(tunnel)} {
    begin_boot();
    net::co_spawn(io_, sim::serve_systemd(*this, folder_ + "/systemd.sock"), [](std::exception_ptr) {});
    thread_ = std::thread{[this] { io_.run(); }};
}

SiteMachine::~SiteMachine() {
    io_.stop();
    thread_.join();
}

void SiteMachine::begin_boot() {
    std::ofstream{boot_id_file()} << sim::new_boot_id() << '\n';
    for (const auto* name : unit_names)
        units_[name] = {.load_state = "loaded",
                        .active_state = "active",
                        .sub_state = "running",
                        .active_since = wall_now(),
                        .pid = next_pid_++};
}

sim::Unit SiteMachine::unit(const std::string& name) {
    const auto found = units_.find(name);
    return found == units_.end() ? sim::Unit{} : found->second;
}

Status SiteMachine::queue(sim::UnitVerb verb, const std::string& name) {
    const auto found = units_.find(name);
    if (found == units_.end()) return failed(Code::NotFound, "Unit " + name + " not found.");
    auto& unit = found->second;
    const bool stops = verb == sim::UnitVerb::Stop;
    if (verb == sim::UnitVerb::Start && unit.active_state == "active") return {};
    unit.active_state = stops ? "inactive" : "active";
    unit.sub_state = stops ? "dead" : "running";
    unit.pid = stops ? 0 : next_pid_++;
    if (!stops) unit.active_since = wall_now();
    if (name == own_unit) stops ? tunnel_.stop() : tunnel_.restart();
    return {};
}

Status SiteMachine::power(sim::PowerVerb verb) {
    if (verb == sim::PowerVerb::PowerOff) {
        tunnel_.stop();
        return {};
    }
    begin_boot();
    tunnel_.restart();
    return {};
}

}  // namespace vivi::test
