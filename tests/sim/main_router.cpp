// vivi-sim-router: the bridge of a simulated router, for demos and tests of the server side alone.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include "common/runtime/daemon.hpp"
#include "common/runtime/health.hpp"
#include "tests/sim/event/event.hpp"
#include "tests/sim/simulated_bridge.hpp"

namespace {

using namespace vivi;

const std::vector<Setting> settings{
    {"health.socket", std::string{}, "Where the health document is served; empty: nowhere."},
    {"sync.socket", std::string{"/run/vivi/sync.sock"}, "The unix socket the tunnel joins."},
    {"custody.file", std::string{}, "Where the custody is written for openvivi-embedded; empty: nowhere."},
    {"crowd.devices", std::int64_t{200}, "How many devices there are; of the whole event, when it is one."},
    {"crowd.seed", std::int64_t{1}, "Two runs with the same seed see the same event."},
    {"crowd.backlog_hours", std::int64_t{0}, "So many hours of history are told first, as after a long outage."},
    {"crowd.liveliness_percent", std::int64_t{100}, "How often they do something, of what guests do by themselves."},
    {"crowd.asks", false, "The names that devices ask for are told, as dnsd does."},
    {"event.place", std::string{}, "main_hall, foyer or workshops: a place of the big event. Empty: a crowd that stays."},
    {"event.began_ms", std::int64_t{0}, "When the big event began; what happened since is told first."},
    {"event.live_ms", std::int64_t{0}, "From then on the big event hurries."},
    {"event.speed", std::int64_t{1}, "How many times as fast as the clock people of the big event then come and go."},
};

std::optional<sim::event::Place> place_of(const std::string& name) {
    if (name == "main_hall") return sim::event::Place::MainHall;
    if (name == "foyer") return sim::event::Place::Foyer;
    if (name == "workshops") return sim::event::Place::Workshops;
    return std::nullopt;
}

Status check(const Settings& given) {
    if (const auto& place = given.text("event.place"); !place.empty() && !place_of(place))
        return failed(Code::Invalid, "event.place: must be main_hall, foyer or workshops");
    if (given.number("event.speed") < 1) return failed(Code::Invalid, "event.speed: must be at least 1");
    return {};
}

sim::SimulatedBridge bridge_of(const Settings& given, const net::any_io_executor& executor) {
    const auto devices = static_cast<int>(given.number("crowd.devices"));
    const auto seed = static_cast<std::uint32_t>(given.number("crowd.seed"));
    sim::Pace pace{.backlog = std::chrono::hours{given.number("crowd.backlog_hours")}, .asks = given.flag("crowd.asks")};
    const auto place = place_of(given.text("event.place"));
    const auto liveliness = static_cast<double>(given.number("crowd.liveliness_percent")) / 100;
    if (!place) return {executor, sim::Crowd{devices, seed, liveliness}, pace};
    const sim::event::Timetable timetable{.began = from_unix_ms(given.number("event.began_ms")),
                                          .live = from_unix_ms(given.number("event.live_ms")),
                                          .speed = static_cast<int>(given.number("event.speed"))};
    pace.begins = timetable.began;
    pace.waits_for_rules = true;
    const sim::event::Setting setting{.place = *place, .devices = devices, .seed = seed, .timetable = timetable};
    return {executor, std::make_unique<sim::event::Event>(setting), pace};
}

Task<> run(const Settings& given) {
    auto bridge = bridge_of(given, co_await net::this_coro::executor);
    if (const auto& file = given.text("custody.file"); !file.empty()) {
        bridge.tell_custody([file](const std::string& custody) {
            std::ofstream{file + ".new"} << model::Json{{"custody", custody}}.dump();
            std::filesystem::rename(file + ".new", file);
        });
    }
    co_await together(sim::serve(bridge, given.text("sync.socket")),
                      serve_health(given.text("health.socket"), [&bridge] { return bridge.health(); }));
}

}  // namespace

int main(int argc, char** argv) {
    return run_daemon({.name = "sim-router",
                       .purpose = "Speaks vivi-sync/1 for a router that does not exist.",
                       .settings = settings,
                       .check = check,
                       .run = run},
                      argc, argv);
}
