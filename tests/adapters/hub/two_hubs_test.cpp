// Two hubs share a fleet: one is killed, the routers go to the other, and what the first still believes does not count.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/hub/site.hpp"

namespace vivi::test {
namespace {

class TwoHubs : public HubSite {
public:
    TwoHubs() {
        std::string text = log("hub.toml");
        const auto exchange = [&text](const std::string& from, const std::string& to) {
            const auto at = text.find(from);
            if (at == std::string::npos) throw std::runtime_error{"hub.toml has no " + from};
            text.replace(at, from.size(), to);
        };
        exchange("hub.health", "second.health");
        exchange("hub.name = \"" + name, "hub.name = \"second-" + name);
        exchange("listen.port = " + std::to_string(port), "listen.port = " + std::to_string(second_port));
        std::ofstream{folder / "second.toml"} << text;
    }
    void start_second() {
        second.emplace(
            Launch{.command = {VIVI_BIN "/vivi-openvivi", "--config", folder / "second.toml"}, .output = folder / "second.log"});
    }
    void start_tunnel_to_both() {
        tunnel.emplace(Launch{.command = {VIVI_BIN "/vivi-openvivi-embedded", "--config", folder / "tunnel.toml"},
                              .environment = {{"VIVI_HUB_ADDRESSES", "127.0.0.1:" + std::to_string(port) +
                                                                         ", 127.0.0.1:" + std::to_string(second_port)}},
                              .output = folder / "tunnel.log"});
    }

    std::uint16_t second_port = free_port();
    std::optional<Child> second{};
};

TEST_F(TwoHubs, TheOtherTakesTheRoutersOfOneThatIsKilledAndNothingIsLostOrDoubled) {
    accept_router();
    start_hub();
    start_second();
    until("both", [&] { return log("hub.log").contains("hub.listening") && log("second.log").contains("hub.listening"); });
    start_bridge();
    start_tunnel_to_both();
    until("the first hub", [&] { return of_router("hub") == name && bridge->welcome.has_value(); });
    const auto first_session = std::stoi(of_router("session"));
    for (int i = 0; i < 50; ++i) bridge->add_traffic(10);
    hub->signal(SIGKILL);
    for (int i = 0; i < 50; ++i) bridge->add_traffic(10);
    until("the second hub", [&] { return of_router("hub") == "second-" + name; });
    EXPECT_GT(std::stoi(of_router("session")), first_session) << "the number that fences the old owner out";
    until("every event", [&] { return bridge->waiting() == 0; });
    EXPECT_EQ(sql("select sum(bytes_down) from traffic where organisation_id = '" + organisation + "'"), "1000");

    decide(2);
    publish(live::to_message(live::Desired{.router = router, .revision = 2}));
    until("the wake-up, at the hub that has the router",
          [&] { return !bridge->configurations.empty() && bridge->configurations.back().revision == 2; });
}

TEST_F(TwoHubs, AWakeUpGoesToTheHubThatHasTheRouterAndToNoOther) {
    accept_router();
    start_hub();
    start_second();
    until("both", [&] { return log("hub.log").contains("hub.listening") && log("second.log").contains("hub.listening"); });
    start_bridge();
    start_tunnel_to_both();
    until("its configuration", [&] { return !bridge->configurations.empty(); });
    const auto heard = [&](const std::string& health) { return health_of(health).at("counts").at("wakeups").get<int>(); };
    const auto until_heard_by = [&](const std::string& health) {  // The binding takes a moment.
        for (int i = 0; i < 1000 && heard(health) == 0; ++i) publish(live::to_message(live::Commanded{.router = router}));
        EXPECT_GT(heard(health), 0);
    };
    until_heard_by("hub.health");
    publish(live::to_message(live::Watched{.router = router, .duration = 25s}));
    until("the watch, behind all of them", [&] { return !bridge->watches.empty() && bridge->watches.back().duration > 0s; });
    const auto before = heard("hub.health");
    publish(live::to_message(live::Commanded{.router = "nobody's"}));
    publish(live::to_message(live::Watched{.router = router, .duration = 0s}));
    until("its end", [&] { return bridge->watches.back().duration == 0s; });
    EXPECT_EQ(heard("hub.health"), before + 1) << "not what is for nobody here";
    EXPECT_EQ(heard("second.health"), 0);

    hub->signal(SIGKILL);
    until("the second hub", [&] { return of_router("hub") == "second-" + name; });
    until_heard_by("second.health");
}

TEST_F(TwoHubs, AHubThatWasAsleepCommitsNothingForARouterThatIsElsewhereNow) {
    accept_router();
    start_hub();
    start_second();
    until("both", [&] { return log("hub.log").contains("hub.listening") && log("second.log").contains("hub.listening"); });
    start_bridge();
    start_tunnel_to_both();
    until("the first hub", [&] { return of_router("hub") == name && bridge->welcome.has_value(); });
    hub->signal(SIGSTOP);
    tunnel.reset();
    bridge->add_traffic(10);
    bridge->welcome.reset();
    tunnel.emplace(Launch{.command = {VIVI_BIN "/vivi-openvivi-embedded", "--config", folder / "tunnel.toml"},
                          .environment = {{"VIVI_HUB_ADDRESSES", "127.0.0.1:" + std::to_string(second_port)}},
                          .output = folder / "tunnel.log"});
    until("the second hub", [&] { return of_router("hub") == "second-" + name && bridge->waiting() == 0; });
    const auto session = of_router("session");
    hub->signal(SIGCONT);
    until("the first one's insight", [&] { return log("hub.log").contains("router.disconnected"); });
    EXPECT_EQ(of_router("hub"), "second-" + name) << "the old owner must not mark the row";
    EXPECT_EQ(of_router("session"), session);
    EXPECT_EQ(sql("select sum(bytes_down) from traffic where organisation_id = '" + organisation + "'"), "10");
}

}  // namespace
}  // namespace vivi::test
