// Offline for long: the outbox stays within its bound, the bytes of each device are told to the unit, and what went is told too.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/bridged/bridge_fixture.hpp"

namespace vivi::test {
namespace {

class LongOffline : public Bridge {
protected:
    /// 1 MiB: the least that is allowed.
    void start_small() {
        start({}, {.bus = broker->url(), .state = state.url(), .stream = stream.url()},
              "firewall.enable = false\nforwarding.enable = false\noutbox.most_bytes = 1048576\n");
    }
    bus::Message traffic() {
        auto rows = nlohmann::json::array();
        for (int i = 0; i < 10; ++i) {
            const auto device = "02:00:00:00:00:0" + std::to_string(i % 5);
            const auto bytes = number * 7 + static_cast<std::uint64_t>(i);
            sent[device] += bytes;
            rows.push_back({{"device", device},
                            {"name", "n" + std::to_string(i % 3) + ".example"},
                            {"source", "dns"},
                            {"bytes_up", bytes},
                            {"bytes_down", 2 * bytes},
                            {"packets_up", 1},
                            {"packets_down", 1}});
        }
        return event("traffic.batch", {{"tick_ms", 250}, {"captured", 20}, {"dropped", 0}, {"rows", std::move(rows)}});
    }
    std::map<std::string, std::uint64_t> received() const {
        std::map<std::string, std::uint64_t> sums;
        for (const auto& entry : hub.of("traffic.batch")) {
            for (const auto& row : nlohmann::json::parse(entry.body)["rows"])
                sums[row["device"]] += row["bytes_up"].get<std::uint64_t>();
        }
        return sums;
    }
    std::uint64_t dropped() const {
        std::uint64_t entries = 0;
        for (const auto& entry : hub.of("sync.dropped")) {
            for (const auto& row : nlohmann::json::parse(entry.body)["rows"]) entries += row["entries"].get<std::uint64_t>();
        }
        return entries;
    }

    std::map<std::string, std::uint64_t> sent;
};

TEST_F(LongOffline, MergesTrafficToTheByteWhileItsStoreIsKilled) {
    const auto script = [this]() -> Task<> {
        hub.go_away(true);
        start_small();
        co_await until_bridged_hears();
        for (int round = 0; round < 40; ++round) {
            std::vector<bus::Message> batch;
            for (int i = 0; i < 50; ++i) batch.push_back(traffic());
            co_await publish(std::move(batch));
            if (round == 15 || round == 30) {
                stream.kill();
                stream.start();
            }
            if (round == 22) {
                kill_bridged();
                start_small();
            }
        }
        co_await until("it was merged", [this] { return health()["outbox"]["merged"] > 0; });
        co_await until("the bus is empty again", [this] { return health()["outbox"]["bus_stopped"] == false; });
        hub.go_away(false);
        co_await until("every byte is at the hub", [this] { return received() == sent; }, 40s);
        co_await until("the outbox is empty", [this] { return health()["outbox"]["entries"] == 0; });
    };
    run(script(), 150s);
    EXPECT_EQ(received(), sent);
    EXPECT_LT(hub.of("traffic.batch").size(), 2000u) << "merged";
    EXPECT_TRUE(hub.of("sync.gap").empty());
    EXPECT_EQ(dropped(), 0u);
}

TEST_F(LongOffline, WhatCannotBeMergedIsDroppedAtTheBoundAndCounted) {
    const auto script = [this]() -> Task<> {
        hub.go_away(true);
        start_small();
        co_await until_bridged_hears();
        for (int round = 0; round < 30; ++round) {
            std::vector<bus::Message> batch;
            for (int i = 0; i < 100; ++i) batch.push_back(event("network.foreign_ra", {{"detail", std::string(700, 'x')}}));
            co_await publish(std::move(batch));
        }
        co_await until("something was dropped", [this] { return !health()["outbox"]["dropped"].empty(); });
        EXPECT_LT(health()["outbox"]["bytes"], 1'200'000);
        hub.go_away(false);
        const auto is_all_there = [this] { return numbers(instance).size() + dropped() == number; };
        co_await until("what came and what was dropped is all", is_all_there, 40s);
    };
    run(script(), 120s);
    const auto came = numbers(instance);
    EXPECT_GT(dropped(), 0u);
    EXPECT_EQ(came.back(), number) << "the newest stay";
    EXPECT_TRUE(std::ranges::is_sorted(came, std::less_equal{}));
}

TEST_F(LongOffline, AnswersHowEverythingIs) {
    store::Redis redis{loop.executor(), {.url = state.url()}};
    const auto script = [&]() -> Task<> {
        co_await redis.ready();
        store::Command command{"HSET", "vivi:leases", "10.66.0.50", R"({"device":"02:00:00:00:00:01","address":"10.66.0.50"})"};
        EXPECT_TRUE(co_await redis.run(std::move(command)));
        start();
        co_await until("a stream runs", [this] { return hub.is_running(); });
        hub.ask_for_snapshot();
        co_await until("the answer is there", [this] { return !hub.snapshots().empty(); });
    };
    run(script());
    ASSERT_EQ(hub.snapshots().size(), 1u);
    const auto state_text = nlohmann::json::parse(hub.snapshots()[0].state);
    EXPECT_EQ(state_text["leases"][0]["address"], "10.66.0.50");
}

TEST_F(LongOffline, SaysWhatAHubHasAcknowledged) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        std::vector<bus::Message> batch;
        for (int i = 0; i < 10; ++i) batch.push_back(event("traffic.batch"));
        co_await publish(std::move(batch));
        co_await until("everything is at the hub", [this] { return numbers(instance).size() >= number; });
        co_await until("the outbox is empty", [this] { return health()["outbox"]["entries"] == 0; });
        hub.go_away(true);
        co_await until("the stream has ended", [this] { return !hub.is_running(); });
        hub.go_away(false);
        co_await until("another hello came", [this] { return hub.hellos().size() >= 2; });
    };
    run(script());
    const auto& hello = hub.hellos().back();
    ASSERT_FALSE(hello.acknowledged.empty());
    EXPECT_GE(hello.acknowledged.back().last, 10u);
    EXPECT_TRUE(hello.stored.empty());
}

}  // namespace
}  // namespace vivi::test
