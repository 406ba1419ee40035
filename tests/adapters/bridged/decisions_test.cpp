// A revision from the hub: enforced, told, kept and reported; a bad one changes nothing.
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "tests/adapters/bridged/bridge_fixture.hpp"

namespace vivi::test {
namespace {

using nlohmann::json;

std::string document(std::int64_t revision, const std::string& banned = {}) {
    json configuration{{"v", 1},
                       {"revision", revision},
                       {"networks", {{{"name", "lan"}, {"interface", "br-lan"}, {"address", "10.66.0.1/22"}}}},
                       {"uplink", {{"interface", "uplink0"}}}};
    if (!banned.empty()) configuration["policy"]["devices"] = {{{"device", banned}, {"decision", "deny"}}};
    return configuration.dump();
}

class Decisions : public Bridge {
protected:
    /// dhcpd and pcapd: they report what config.changed announced.
    Task<> report(std::int64_t revision, std::vector<std::string> daemons) {
        std::vector<bus::Message> batch;
        for (const auto& daemon : daemons) batch.push_back(event("config.applied", {{"revision", revision}, {"by", daemon}}));
        co_await publish(std::move(batch));
    }
    /// What the server was told about revisions, without who produced it.
    std::vector<std::string> told() const {
        std::vector<std::string> all;
        for (const auto& entry : hub.committed()) {
            if (entry.topic != "config.applied" && entry.topic != "config.failed") continue;
            const auto body = json::parse(entry.body);
            all.push_back(entry.topic + " " + std::to_string(body["revision"].get<int>()) + " " + body["by"].get<std::string>());
        }
        return all;
    }
    std::size_t count_told(const std::string& what) const { return static_cast<std::size_t>(std::ranges::count(told(), what)); }
    std::string last_good() {
        std::ifstream file{folder / "last-good.json"};
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }
};

TEST_F(Decisions, ARevisionIsInForceWhenEveryDaemonHasReportedIt) {
    bus::RabbitmqSubscriber others{loop.executor(),
                                   {.url = broker->url(), .exchange = "vivi.events"},
                                   {.name = "", .bindings = {"config.changed", "watch.changed"}}};
    store::Redis redis{loop.executor(), {.url = state.url()}};
    const auto script = [&]() -> Task<> {
        start();
        co_await until_bridged_hears();
        co_await until("others consume", [&] { return others.connected(); });
        hub.decide(7, document(7));
        const auto heard = co_await others.next(1);
        EXPECT_EQ(json::parse(heard.at(0).message.body)["revision"], 7);
        const auto stored = co_await store::get_text(redis, "vivi:config");
        EXPECT_EQ(json::parse(**stored)["revision"], 7) << "who hears config.changed finds the document";
        EXPECT_EQ(json::parse(last_good())["revision"], 7);
        co_await report(7, {"dhcpd"});
        co_await until("bridged's own report", [this] { return count_told("config.applied 7 dhcpd") == 1; });
        EXPECT_EQ(count_told("config.applied 7 router"), 0U);
        co_await report(7, {"pcapd"});
        co_await until("in force", [this] { return count_told("config.applied 7 router") == 1; });
        EXPECT_EQ(health()["applied_revision"], 7);
        EXPECT_EQ(count_told("config.applied 7 bridged"), 1U);

        hub.decide(7, document(7));
        co_await until("reported again", [this] { return count_told("config.applied 7 router") == 2; });
        EXPECT_EQ(count_told("config.applied 7 bridged"), 1U) << "not enforced again";
    };
    run(script());
}

TEST_F(Decisions, WhatWasInForceIsKnownAfterARestart) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        hub.decide(3, document(3));
        co_await until("enforced", [this] { return count_told("config.applied 3 bridged") == 1; });
        co_await report(3, {"dhcpd", "pcapd"});
        co_await until("in force", [this] { return count_told("config.applied 3 router") == 1; });
        kill_bridged();
        start();
        co_await until("it says so", [this] {
            const auto document = health();
            return document.contains("applied_revision") && document["applied_revision"] == 3;
        });
        EXPECT_EQ(health()["revision"], 3);
    };
    run(script());
}

TEST_F(Decisions, ABadDocumentIsRefusedWholeWithEveryProblem) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        hub.decide(1, document(1));
        co_await until("enforced", [this] { return count_told("config.applied 1 bridged") == 1; });
        hub.decide(
            2, R"({"v":1,"revision":2,"networks":[{"name":"lan","interface":"x","address":"nowhere","colour":1}],"uplnk":{}})");
        co_await until("refused", [this] { return count_told("config.failed 2 bridged") == 1; });
        const auto detail = json::parse(hub.of("config.failed").at(0).body)["detail"].get<std::string>();
        for (const auto* pointer : {"/networks/0/address", "/networks/0/colour", "/uplnk"})
            EXPECT_THAT(detail, testing::HasSubstr(pointer));
        EXPECT_EQ(health()["revision"], 1);
        hub.decide(3, document(4));
        co_await until("a revision that is not its document's", [this] { return count_told("config.failed 3 bridged") == 1; });
    };
    run(script());
}

TEST_F(Decisions, BootsFromTheLastGoodFileWithEverythingAway) {
    std::ofstream{folder / "last-good.json"} << document(9, "02:00:00:00:00:01");
    state.stop();
    stream.stop();
    const auto script = [this]() -> Task<> {
        start();
        co_await until("bridged's health", [this] { return health().contains("bans"); });
        EXPECT_EQ(health()["revision"], 9);
        EXPECT_EQ(health()["bans"]["devices"], 1);
        co_await until("decisions need no store", [this] { return hub.is_running(); });
        hub.decide(10, document(10));
        co_await until("enforced", [this] { return health()["revision"] == 10; });
        EXPECT_EQ(health()["bans"]["devices"], 0);
        state.start();
        stream.start();
        co_await until("and said when the store is back", [this] { return count_told("config.applied 10 bridged") == 1; });
    };
    run(script());
}

TEST_F(Decisions, ADiskWithoutTheFileTakesTheStoresDocument) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        hub.decide(5, document(5));
        co_await until("enforced", [this] { return count_told("config.applied 5 bridged") == 1; });
        kill_bridged();
        std::filesystem::remove(folder / "last-good.json");
        hub.decide(0, "");
        start();
        co_await until("enforced from Redis", [this] {
            const auto document = health();
            return document.contains("revision") && document["revision"] == 5;
        });
        co_await until("and on the disk again", [this] { return !last_good().empty(); });
    };
    run(script());
}

TEST_F(Decisions, WhoDoesNotReportIsNamed) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        hub.decide(2, document(2));
        co_await until("enforced", [this] { return count_told("config.applied 2 bridged") == 1; });
        co_await report(2, {"dhcpd"});
        co_await until("complains", [this] { return count_told("config.failed 2 router") == 1; });
        EXPECT_THAT(json::parse(hub.of("config.failed").at(0).body)["detail"].get<std::string>(), testing::EndsWith("by: pcapd"));
        co_await report(2, {"pcapd"});
        co_await until("and goes on waiting", [this] { return count_told("config.applied 2 router") == 1; });
    };
    run(script());
}

TEST_F(Decisions, AWatchIsToldAndEndsByItself) {
    bus::RabbitmqSubscriber others{
        loop.executor(), {.url = broker->url(), .exchange = "vivi.events"}, {.name = "", .bindings = {"watch.changed"}}};
    store::Redis redis{loop.executor(), {.url = state.url()}};
    const auto script = [&]() -> Task<> {
        start();
        co_await until_bridged_hears();
        co_await until("others consume", [&] { return others.connected(); });
        co_await until("a session", [this] { return hub.is_running(); });
        hub.watch(30s);
        const auto heard = co_await others.next(1);
        EXPECT_EQ(json::parse(heard.at(0).message.body)["seconds"], 30);
        store::Command command{"TTL", "vivi:watch"};
        const auto left = co_await redis.run(std::move(command));
        EXPECT_GT(left->integer, 25);
        hub.watch(0s);
        const auto ended = co_await others.next(1);
        EXPECT_EQ(json::parse(ended.at(0).message.body)["seconds"], 0);
        const auto gone = co_await store::get_text(redis, "vivi:watch");
        EXPECT_TRUE(gone && !*gone);
    };
    run(script());
}

}  // namespace
}  // namespace vivi::test
