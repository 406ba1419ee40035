// The whole daemon between a wire and a real broker: nothing counted is lost, whoever is away meanwhile.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <array>
#include <fstream>
#include <memory>

#include "common/bus/rabbitmq.hpp"
#include "common/model/traffic.hpp"
#include "common/policy/rules.hpp"
#include "router/state/policy_files.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/pcapd/wire.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::pcapd {
namespace {

using test::PrivateWire;

constexpr std::string_view configuration = R"({"v":1,"revision":7,"custody":"c",
 "networks":[{"name":"lan","interface":"lan0","address":"10.66.0.1/24"}],
 "uplink":{"interface":"up0","mode":"static","address":"192.0.2.2/24","gateway":"192.0.2.1","masquerade":true},
 "dns":{},"policy":{"mode":"block-listed","new_devices":"allow"},"monitoring":{"tick_ms":1000,"watched_tick_ms":100}})";

std::string text_of(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

class Daemon : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (!PrivateWire::is_allowed()) return;
        wire = std::make_unique<PrivateWire>();
        broker = std::make_unique<test::PrivateRabbitmq>();
        redis = std::make_unique<test::PrivateRedis>();
    }
    static void TearDownTestSuite() {
        redis.reset();
        broker.reset();
        wire.reset();
    }
    void SetUp() override {
        ASSERT_TRUE(wire) << "needs root to make network namespaces";
        std::ofstream{folder / "last-good.json"} << configuration;
        write_rules({}, 7);
        heard.emplace(loop.executor(), bus::Broker{broker->url(), "vivi.events"},
                      bus::Queue{.name = "", .bindings = {"traffic.batch", "config.#"}});
        test::await("the subscriber", [&] { return heard->connected(); });
    }

    /// What bridged does when it has compiled a policy.
    void write_rules(const model::Policy& policy, std::int64_t revision) const {
        ASSERT_TRUE(state::replace_file(state::PolicyFolder{folder.path()}.rules(), policy::compile(policy, revision)));
    }
    std::map<std::string, std::string> environment() const {
        return {{"VIVI_BUS_URL", broker->url()},
                {"VIVI_STATE_URL", redis->url()},
                {"VIVI_LAST_GOOD_FILE", folder / "last-good.json"},
                {"VIVI_POLICY_FOLDER", folder.path()},
                {"VIVI_HEALTH_SOCKET", folder / "health"},
                {"VIVI_LOG_LEVEL", "debug"}};
    }
    test::Child start() const {
        return test::Child{{.command = {VIVI_PCAPD}, .environment = environment(), .output = folder / "log"}};
    }
    model::Json health() const {
        test::run_to_end(
            {.command = {"/bin/sh", "-c", "socat -u UNIX:" + (folder / "health") + " CREATE:" + (folder / "health.json")}});
        return *model::parse_json(text_of(folder / "health.json"));
    }
    void await_log(const std::string& what) const {
        test::await(what + " in the log", [&] { return text_of(folder / "log").contains(what); });
    }
    /// Hears batches until `bytes` have come up.
    void hear_bytes_up(std::uint64_t bytes) {
        while (bytes_up < bytes) hear_some();
    }
    void hear_some() {
        for (const auto& delivery : loop.run(heard->next(100))) {
            heard->acknowledge(delivery.tag);
            const auto body = *model::parse_json(delivery.message.body);
            const auto number = model::parse_envelope(body)->from.number;
            if (!numbers.insert(number).second) continue;  // A retry.
            topics.push_back(delivery.message.topic);
            if (delivery.message.topic != model::topic::traffic_batch) continue;
            for (const auto& row : model::parse_traffic_batch(body)->rows) bytes_up += row.bytes_up;
        }
    }

    static inline std::unique_ptr<PrivateWire> wire;
    static inline std::unique_ptr<test::PrivateRabbitmq> broker;
    static inline std::unique_ptr<test::PrivateRedis> redis;
    test::TempFolder folder{};
    test::Loop loop{};
    std::optional<bus::RabbitmqSubscriber> heard{};
    std::uint64_t bytes_up = 0;
    std::set<std::uint64_t> numbers{};
    std::vector<std::string> topics{};
};

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
    watch(30);
    await_log("tick.changed period_ms=100 watched=true");
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
