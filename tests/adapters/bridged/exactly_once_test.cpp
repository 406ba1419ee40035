// Every event once, whatever is killed between the bus and the hub.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/bridged/bridge_fixture.hpp"

namespace vivi::test {
namespace {

using testing::ElementsAreArray;

TEST_F(Bridge, KilledInBetweenLosesAndDoublesNothing) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        for (int round = 0; round < 30; ++round) {
            std::vector<bus::Message> batch;
            for (int i = 0; i < 20; ++i) batch.push_back(event("traffic.batch", {{"rows", nlohmann::json::array()}}));
            co_await publish(std::move(batch));
            if (round % 6 == 5) {
                kill_bridged();
                start();
            }
        }
        co_await until("everything is at the hub", [this] { return numbers(instance).size() >= number; });
        co_await after(300ms);  // What would come twice comes now.
    };
    run(script());
    EXPECT_THAT(numbers(instance), ElementsAreArray(one_to(number)));
    EXPECT_TRUE(hub.of("sync.gap").empty());
    EXPECT_EQ(hub.epochs().size(), 1U) << "the same kernel boot, the same epoch";
}

TEST_F(Bridge, SurvivesBothStoresAndTheBroker) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        const auto some = [this]() -> Task<> {
            for (int i = 0; i < 50; ++i) {
                std::vector<bus::Message> batch;
                batch.push_back(event("traffic.batch"));
                co_await publish(std::move(batch));
            }
        };
        co_await some();
        stream.kill();
        co_await some();
        stream.start();
        co_await some();
        state.kill();
        co_await some();
        state.start();
        broker->kill();
        broker->start();
        co_await some();
        co_await until("everything is at the hub", [this] { return numbers(instance).size() >= number; });
        co_await after(300ms);
    };
    run(script(), 120s);
    EXPECT_THAT(numbers(instance), ElementsAreArray(one_to(number)));
    EXPECT_TRUE(hub.of("sync.gap").empty());
}

TEST_F(Bridge, KeepsEventsWhileTheHubIsAwayAndEmptiesTheOutboxAfter) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        hub.hold_acks(true);
        std::vector<bus::Message> batch;
        for (int i = 0; i < 6000; ++i) batch.push_back(event("traffic.batch"));  // More than the window.
        co_await publish(std::move(batch));
        co_await until("the outbox has them", [this] { return health()["outbox"]["entries"] >= 6000; });
        co_await until("the window is full", [this] { return health()["sync"]["unacknowledged"] == 4096; });
        hub.hold_acks(false);
        kill_bridged();
        start();
        co_await until("everything is at the hub", [this] { return numbers(instance).size() >= number; });
        co_await until("the outbox is empty", [this] { return health()["outbox"]["entries"] == 0; });
    };
    run(script());
    EXPECT_THAT(numbers(instance), ElementsAreArray(one_to(number)));
}

TEST_F(Bridge, SaysWhatIsMissing) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        std::vector<bus::Message> batch;
        batch.push_back(event("traffic.batch"));
        number = 4;
        batch.push_back(event("traffic.batch"));
        co_await publish(std::move(batch));
        co_await until("the gap is reported", [this] { return !hub.of("sync.gap").empty(); });
    };
    run(script());
    const auto gap = nlohmann::json::parse(hub.of("sync.gap").at(0).body);
    EXPECT_EQ(gap["producer"], instance);
    EXPECT_EQ(gap["missing_from"], 2);
    EXPECT_EQ(gap["missing_to"], 4);
}

TEST_F(Bridge, ReadsLeaseEventsFromTheirStreamOnceAndTrimsThem) {
    store::Redis redis{loop.executor(), {.url = state.url()}};
    const auto script = [&]() -> Task<> {
        co_await redis.ready();
        const auto lease = [&]() -> Task<bus::Message> {
            auto message = event("dhcp.lease.granted", {{"lease", nlohmann::json::object()}});
            store::Command command{"XADD", "vivi:events:dhcpd", "*", "topic", message.topic, "body", message.body};
            EXPECT_TRUE(co_await redis.run(std::move(command)));
            co_return message;
        };
        const auto before_start = co_await lease();
        start();
        co_await until_bridged_hears();
        for (int i = 0; i < 20; ++i) {
            std::vector<bus::Message> wake;
            wake.push_back(co_await lease());
            wake.push_back(event("dhcp.pool"));  // The same producer, by the bus alone.
            co_await publish(std::move(wake));
            if (i == 10) {
                kill_bridged();
                start();
            }
        }
        co_await until("everything is at the hub", [this] { return numbers(instance).size() >= number; });
        const auto is_trimmed = [&]() -> Task<bool> {
            store::Command command{"XLEN", "vivi:events:dhcpd"};
            const auto length = co_await redis.run(std::move(command));
            co_return length && length->integer == 0;
        };
        for (int i = 0; i < 200 && !co_await is_trimmed(); ++i) co_await after(50ms);
        EXPECT_TRUE(co_await is_trimmed());
    };
    run(script());
    auto heard = numbers(instance);
    std::ranges::sort(heard);
    EXPECT_THAT(heard, ElementsAreArray(one_to(number)));
    EXPECT_TRUE(hub.of("sync.gap").empty());
}

TEST_F(Bridge, ANewStoreIsANewEpoch) {
    const auto script = [this]() -> Task<> {
        start();
        co_await until_bridged_hears();
        std::vector<bus::Message> batch;
        batch.push_back(event("traffic.batch"));
        co_await publish(std::move(batch));
        co_await until("it is at the hub", [this] { return numbers(instance).size() == 1; });
        store::Redis redis{loop.executor(), {.url = stream.url()}};
        co_await redis.ready();
        store::Command wipe{"FLUSHALL"};
        EXPECT_TRUE(co_await redis.run(std::move(wipe)));
        std::vector<bus::Message> more;
        more.push_back(event("traffic.batch"));
        co_await publish(std::move(more));
        co_await until("the next is at the hub", [this] { return numbers(instance).size() == 2; });
    };
    run(script());
    EXPECT_THAT(numbers(instance), ElementsAreArray(one_to(2)));
    EXPECT_EQ(hub.epochs().size(), 2U);
}

}  // namespace
}  // namespace vivi::test
