// vivi-sim-router: the bridge of a simulated router, for demos and tests of the server side alone.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include "common/runtime/daemon.hpp"
#include "common/runtime/health.hpp"
#include "common/runtime/log.hpp"
#include "common/runtime/text_files.hpp"
#include "tests/sim/event/event.hpp"
#include "tests/sim/simulated_bridge.hpp"

namespace {

using namespace vivi;

const std::vector<Setting> settings{
    {"health.socket", std::string{}, "Where the health document is served; empty: nowhere."},
    {"sync.socket", std::string{"/run/vivi/sync.sock"}, "The unix socket the tunnel joins."},
    {"custody.file", std::string{}, "Where the custody is written for openvivi-embedded; empty: nowhere."},
    {"return.file", std::string{}, "The wish to return this router, as openvivi-embedded writes it; empty: never."},
    {"receipt.file", std::string{}, "What was wiped, for openvivi-embedded."},
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

/// Nobody reads half of it.
void replace(const std::string& file, const model::Json& document) {
    std::ofstream{file + ".new"} << document.dump();
    std::filesystem::rename(file + ".new", file);
}

/// As bridged: a wish is carried out as soon as it is there, and is gone when the receipt is.
Task<> carry_out_returns(sim::SimulatedBridge& bridge, const Settings& given) {
    const auto &wished = given.text("return.file"), &receipt = given.text("receipt.file");
    for (;;) {
        const auto text = read_text_file(wished);
        const auto json = text ? model::parse_json(*text, model::max_custody_note_bytes) : std::unexpected{text.error()};
        const auto wish = json ? model::parse_return_wish(*json) : std::unexpected{model::Problems{json.error().detail}};
        if (wish) {
            const auto wiped = bridge.give_back(*wish);
            if (bridge.custody().empty()) std::filesystem::remove(given.text("custody.file"));
            replace(receipt, model::to_json(wiped));
            std::filesystem::remove(wished);
            log::info("custody.wiped", {{"custody", wiped.custody},
                                        {"outbox_entries", wiped.outbox_entries},
                                        {"leases", wiped.leases},
                                        {"keys", wiped.keys},
                                        {"files", wiped.files},
                                        {"messages", wiped.messages}});
        }
        co_await after(Milliseconds{250});
    }
}

Task<> run(const Settings& given) {
    auto bridge = bridge_of(given, co_await net::this_coro::executor);
    if (const auto& file = given.text("custody.file"); !file.empty())
        bridge.tell_custody([file](const std::string& custody) { replace(file, {{"custody", custody}}); });
    auto serving = together(sim::serve(bridge, given.text("sync.socket")),
                            serve_health(given.text("health.socket"), [&bridge] { return bridge.health(); }));
    if (given.text("return.file").empty()) co_return co_await std::move(serving);
    co_await together(carry_out_returns(bridge, given), std::move(serving));
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
