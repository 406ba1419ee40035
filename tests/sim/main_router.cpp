// vivi-sim-router: the bridge of a simulated router, for demos and tests of the server side alone.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/daemon.hpp"
#include "common/runtime/health.hpp"
#include "tests/sim/simulated_bridge.hpp"

int main(int argc, char** argv) {
    return vivi::run_daemon(
        {.name = "sim-router",
         .purpose = "Speaks vivi-sync/1 for a router that does not exist.",
         .settings = {{"health.socket", std::string{}, "Where the health document is served; empty: nowhere."},
                      {"sync.socket", std::string{"/run/vivi/sync.sock"}, "The unix socket the tunnel joins."},
                      {"crowd.devices", std::int64_t{200}, "How many devices there are."},
                      {"crowd.seed", std::int64_t{1}, "Two runs with the same seed see the same event."},
                      {"crowd.backlog_hours", std::int64_t{0},
                       "So many hours of history are told first, as after a long outage."},
                      {"crowd.asks", false, "The names that devices ask for are told, as dnsd does."}},
         .run = [](const vivi::Settings& settings) -> vivi::Task<> {
             vivi::sim::SimulatedBridge bridge{co_await vivi::net::this_coro::executor,
                                               vivi::sim::Crowd{static_cast<int>(settings.number("crowd.devices")),
                                                                static_cast<std::uint32_t>(settings.number("crowd.seed"))},
                                               {.backlog = std::chrono::hours{settings.number("crowd.backlog_hours")},
                                                .asks = settings.flag("crowd.asks")}};
             const auto health = [&bridge] { return bridge.health(); };
             co_await vivi::together(vivi::sim::serve(bridge, settings.text("sync.socket")),
                                     vivi::serve_health(settings.text("health.socket"), health));
         }},
        argc, argv);
}
