// Commit-confirm in the real bridge: another connection proves networks, a router that keeps starting goes back, a ban holds
// through both. SPDX-License-Identifier: Apache-2.0
#include "common/runtime/unix_socket.hpp"
#include "tests/adapters/bridged/bridge_fixture.hpp"

namespace vivi::test {
namespace {

using nlohmann::json;

std::string document(std::int64_t revision, const std::string& address, const std::string& banned = {}) {
    json configuration{{"v", 1},
                       {"revision", revision},
                       {"networks", {{{"name", "lan"}, {"interface", "br-lan"}, {"address", address}}}},
                       {"uplink", {{"interface", "uplink0"}}}};
    if (!banned.empty()) configuration["policy"]["devices"] = {{{"device", banned}, {"decision", "deny"}}};
    return configuration.dump();
}

class OnTrial : public Bridge {
protected:
    /// Revision 1 in force, then 2 with another network, on trial.
    Task<> put_on_trial() {
        start();
        co_await until_bridged_hears();
        hub.decide(1, document(1, "10.66.0.1/22"));
        co_await until("1 is in force", [this] { return health()["revision"] == 1; });
        EXPECT_EQ(health()["trial"]["pending"], false) << "there is nothing to go back to";
        hub.decide(2, document(2, "10.67.0.1/22"));
        co_await until("2 is on trial", [this] { return health()["revision"] == 2 && health()["trial"]["pending"] == true; });
    }
    std::vector<std::string> states() const {
        std::vector<std::string> all;
        for (const auto& entry : hub.of("config.unconfirmed")) all.push_back(json::parse(entry.body)["state"]);
        return all;
    }
    Task<std::string> network_in_redis() {
        store::Redis redis{loop.executor(), {.url = state.url()}};
        co_await redis.ready();
        const auto text = co_await store::get_text(redis, "vivi:config");
        co_return text && *text ? json::parse(**text)["networks"][0]["address"].get<std::string>() : std::string{};
    }
};

TEST_F(OnTrial, ANewConnectionProvesItAndTheOldOneDoesNot) {
    const auto script = [this]() -> Task<> {
        auto dial = listen_unix(loop.executor(), folder / "dial");
        co_await put_on_trial();
        const auto [error, asked] = co_await dial.async_accept(as_value);
        EXPECT_FALSE(error) << "the tunnel is asked for another connection";
        hub.go_away(true);
        co_await until("the stream has ended", [this] { return health()["sync"]["state"] == "none"; });
        hub.go_away(false);  // By the connection that was up.
        co_await until("a stream runs again", [this] { return health()["sync"]["state"] == "running"; });
        EXPECT_EQ(health()["trial"]["pending"], true);
        hub.connection = 2;
        hub.go_away(true);
        co_await until("the stream has ended", [this] { return health()["sync"]["state"] == "none"; });
        hub.go_away(false);
        co_await until("it is proven", [this] { return health()["trial"]["pending"] == false; });
        co_await until("the server is told", [this] { return states().size() == 2; });
    };
    run(script());
    EXPECT_THAT(states(), testing::ElementsAre("pending", "confirmed"));
    EXPECT_TRUE(hub.of("config.reverted").empty());
}

TEST_F(OnTrial, SurvivesBeingKilledAndGoesBackWhenThatRepeats) {
    const auto script = [this]() -> Task<> {
        co_await put_on_trial();
        for (int i = 0; i < 3; ++i) {
            kill_bridged();
            start();
            co_await until("it goes on", [this] { return health()["trial"]["pending"] == true; });
        }
        kill_bridged();
        start();
        co_await until("it was taken back", [this] { return !hub.of("config.reverted").empty(); });
        EXPECT_EQ(co_await network_in_redis(), "10.66.0.1/22");
        EXPECT_EQ(health()["revision"], 2) << "its policy holds";
        // The same networks with a ban: not tried again, and the ban is enforced.
        hub.decide(3, document(3, "10.67.0.1/22", "02:00:00:00:00:01"));
        co_await until("3 is in force", [this] { return health()["revision"] == 3; });
        EXPECT_EQ(health()["bans"]["devices"], 1);
        EXPECT_EQ(health()["trial"]["pending"], false);
        co_await until("it is stored", [this] { return health()["waiting_for"].size() <= 2; });
        EXPECT_EQ(co_await network_in_redis(), "10.66.0.1/22");
        co_await until("the server knows what is not so", [this] { return hub.count("taken back") > 0; });
    };
    run(script());
    EXPECT_EQ(hub.of("config.reverted").size(), 1u) << "once";
    EXPECT_EQ(json::parse(hub.of("config.reverted")[0].body)["revision"], 2);
}

TEST_F(OnTrial, ABanIsNeverOnTrial) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        hub.decide(1, document(1, "10.66.0.1/22"));
        co_await until("1 is in force", [this] { return health()["revision"] == 1; });
        hub.decide(2, document(2, "10.66.0.1/22", "02:00:00:00:00:01"));
        co_await until("2 is in force", [this] { return health()["bans"]["devices"] == 1; });
        EXPECT_EQ(health()["trial"]["pending"], false);
    };
    run(script());
    EXPECT_TRUE(states().empty());
}

}  // namespace
}  // namespace vivi::test
