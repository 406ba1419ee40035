// The whole daemon between a wire and a real broker: nothing counted is lost, whoever is away meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/pcapd/daemon.hpp"

namespace vivi::pcapd {
namespace {

using test::PrivateWire;
class Daemon : public DaemonOnAWire {};

TEST_F(Daemon, SaysWhatWentOverTheWireAndIsDoneWithinTwoSeconds) {
    auto daemon = start();
    await_log("config.applied revision=7");
    const auto before = PrivateWire::kernel();
    wire->device_sends(3'000'000);
    const auto sent = PrivateWire::kernel().bytes_up - before.bytes_up;
    hear_bytes_up(sent);
    EXPECT_EQ(bytes_up, sent);
    EXPECT_THAT(topics, testing::Contains("config.applied"));
    test::await("the confirm", [&] { return health()["confirmed"]["bytes_up"] == sent; });

    wire->device_sends(1'000);
    const auto asked = std::chrono::steady_clock::now();
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0) << text_of(folder / "log");
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 3s);
    const auto all = PrivateWire::kernel().bytes_up - before.bytes_up;
    hear_bytes_up(all);
    EXPECT_EQ(bytes_up, all) << "the tick that was under way too";
    EXPECT_EQ(*numbers.rbegin(), numbers.size()) << "numbers have no holes";
}

TEST_F(Daemon, TicksFasterWhileSomebodyLooks) {
    auto daemon = start();
    await_log("config.applied revision=7");
    bus::RabbitmqPublisher bridged{loop.executor(), {broker->url(), "vivi.events"}};
    const auto watch = [&](int seconds) {
        const auto body = R"({"v":1,"at":1,"from":{"instance":"b","number":1},"seconds":)" + std::to_string(seconds) + "}";
        std::vector<bus::Message> messages{{"watch.changed", body}};
        ASSERT_TRUE(loop.run(bridged.publish(std::move(messages))));
    };
    // The bridge repeats it too: whoever has no queue yet hears the next one.
    test::await("tick.changed", [&] {
        watch(30);
        return text_of(folder / "log").contains("tick.changed period_ms=100 watched=true");
    });
    EXPECT_EQ(health()["watched"], true);
    watch(0);
    await_log("tick.changed period_ms=1000 watched=false");
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0);
}

TEST_F(Daemon, SeesInRedisThatSomebodyLooks) {
    test::run("redis-cli -p " + std::to_string(redis->port()) + " set vivi:watch 1 ex 30");
    auto daemon = start();
    await_log("tick.changed period_ms=100 watched=true");
    test::run("redis-cli -p " + std::to_string(redis->port()) + " del vivi:watch");
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0);
}

TEST_F(Daemon, KeepsCountingWhileTheBrokerIsAway) {
    auto daemon = start();
    await_log("config.applied revision=7");
    const auto before = PrivateWire::kernel();
    broker->stop();
    wire->device_sends(500'000);
    await_log("traffic.batch.waiting");
    EXPECT_EQ(health()["bus"], "away");
    broker->start();
    heard.emplace(loop.executor(), bus::Broker{broker->url(), "vivi.events"},
                  bus::Queue{.name = "", .bindings = {"traffic.batch", "config.#"}});
    test::await("the confirm",
                [&] { return health()["confirmed"]["bytes_up"] == PrivateWire::kernel().bytes_up - before.bytes_up; });
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0);
}

TEST_F(Daemon, EndsInTimeWithoutABroker) {
    broker->stop();
    auto daemon = start();
    await_log("capture.started");
    wire->device_sends(1'000);
    const auto asked = std::chrono::steady_clock::now();
    daemon.signal(SIGTERM);
    EXPECT_EQ(daemon.wait(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - asked, 5s);
    broker->start();
}

TEST_F(Daemon, RefusesAnInterfaceThatIsNotThere) {
    auto settings = environment();
    settings["VIVI_CAPTURE_INTERFACE"] = "nope0";
    test::Child daemon{{.command = {VIVI_PCAPD}, .environment = settings, .output = folder / "log"}};
    EXPECT_EQ(daemon.wait(), 78);
    EXPECT_THAT(text_of(folder / "log"), testing::HasSubstr("capture.interface: nope0 does not exist; there are: lo, lan0"));
}

TEST_F(Daemon, SaysWhichCapabilityIsMissing) {
    test::Child daemon{{.command = {VIVI_PCAPD}, .environment = environment(), .output = folder / "log", .user = "nobody"}};
    EXPECT_EQ(daemon.wait(), 1);
    EXPECT_THAT(text_of(folder / "log"), testing::HasSubstr("run as root or grant CAP_NET_RAW"));
}

}  // namespace
}  // namespace vivi::pcapd
