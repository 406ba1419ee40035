// Following the configuration while file, Redis and bus come and go.
// SPDX-License-Identifier: Apache-2.0
#include "router/state/live_configuration.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <fstream>

#include "common/bus/memory.hpp"
#include "router/state/keys.hpp"

namespace vivi::state {
namespace {

/// Has one text, or is away.
class OneText final : public store::Store {
public:
    std::optional<std::string> text;
    bool is_away = false;
    int asked = 0;

    Task<Result<store::Reply>> run(store::Command command) override {
        ++asked;
        EXPECT_EQ(command, (store::Command{"GET", "vivi:config"}));
        if (is_away) co_return failed(Code::Unavailable, "away");
        if (!text) co_return store::Reply{};
        co_return store::Reply{.kind = store::Reply::Kind::Text, .text = *text};
    }
    Task<Result<std::vector<store::Reply>>> pipeline(std::vector<store::Command>) override {
        co_return failed(Code::Internal, "unused");
    }
    Task<Result<std::vector<store::Reply>>> transaction(std::vector<store::Command>) override {
        co_return failed(Code::Internal, "unused");
    }
};

std::string revision(int number) { return R"({"v":1,"revision":)" + std::to_string(number) + "}"; }

struct LiveConfigurationTest : testing::Test {
    net::io_context io;
    OneText redis;
    bus::Memory bus{io.get_executor()};
    LiveConfiguration live{io.get_executor(), "", redis};
    std::unique_ptr<bus::Subscriber> heard = bus.subscribe({"config.changed"});

    std::int64_t current() const { return live.current() ? live.current()->revision : 0; }
    /// Everything that can run without waiting for time has run.
    void settle() {
        io.restart();
        while (io.poll() > 0) {
        }
    }
    void start(Task<> task) { net::co_spawn(io, std::move(task), net::detached); }
    ~LiveConfigurationTest() override { io.stop(); }
};

TEST_F(LiveConfigurationTest, HasNothingUntilSomebodyDecided) {
    start(live.follow());
    settle();
    EXPECT_EQ(live.current(), std::nullopt);
    EXPECT_EQ(live.version(), 0U);
    EXPECT_EQ(redis.asked, 1);
}

TEST_F(LiveConfigurationTest, ReadsRedis) {
    redis.text = revision(7);
    start(live.follow());
    settle();
    EXPECT_EQ(current(), 7);
}

TEST_F(LiveConfigurationTest, KeepsTheOldOneWhenTheNewOneCannotBeRead) {
    live.offer(revision(7), "test");
    for (const auto* bad : {"", "{", "[]", R"({"v":1,"revision":8,"typo":1})", R"({"v":2,"revision":8})"})
        live.offer(bad, "test");
    EXPECT_EQ(current(), 7);
    EXPECT_EQ(live.version(), 1U);
    live.offer(revision(8), "test");
    EXPECT_EQ(current(), 8);
}

TEST_F(LiveConfigurationTest, KeepsTheOldOneWhenRedisIsAwayOrEmpty) {
    live.offer(revision(7), "test");
    redis.is_away = true;
    start(live.follow());
    settle();
    EXPECT_EQ(current(), 7);
    redis.is_away = false;
    live.wake();
    settle();
    EXPECT_EQ(current(), 7) << "the key does not exist";
    EXPECT_EQ(redis.asked, 2);
}

TEST_F(LiveConfigurationTest, LooksAgainWhenTheBusSaysSo) {
    redis.text = revision(1);
    start(live.follow());
    start(live.hear(*heard));
    settle();
    redis.text = revision(2);
    settle();
    EXPECT_EQ(current(), 1) << "nobody said so yet";
    const auto say = [&]() -> Task<> {
        std::vector<bus::Message> batch{{"config.changed", "{}"}};
        [[maybe_unused]] const auto sent = co_await bus.publish(std::move(batch));
    };
    start(say());
    settle();
    EXPECT_EQ(current(), 2);
}

TEST_F(LiveConfigurationTest, AWakeDuringALookIsNotLost) {
    live.wake();
    start(live.follow());
    live.wake();
    settle();
    EXPECT_GE(redis.asked, 1);
    redis.text = revision(3);
    live.wake();
    live.wake();
    settle();
    EXPECT_EQ(current(), 3);
}

TEST_F(LiveConfigurationTest, TellsThoseWhoWait) {
    std::vector<std::uint64_t> seen;
    const auto watch = [&]() -> Task<> {
        for (std::uint64_t version = 0;;) {
            version = co_await live.changed(version);
            seen.push_back(version);
        }
    };
    start(watch());
    settle();
    EXPECT_THAT(seen, testing::IsEmpty());
    live.offer(revision(1), "test");
    settle();
    live.offer(revision(1) + " ", "test");  // Another text, the same document.
    settle();
    live.offer(revision(2), "test");
    settle();
    EXPECT_THAT(seen, testing::ElementsAre(1, 2));
}

TEST(LiveConfigurationWithALocalFile, LaysTheLanOfTheRouterOverEveryDocument) {
    const auto file = testing::TempDir() + "vivi-live-local.json";
    std::ofstream{file} << R"({"v":1,"lan":["eth1"],"devices":[]})";
    net::io_context io;
    OneText redis;
    LiveConfiguration live{io.get_executor(), "", redis, file};
    const auto with_lan = [](int number) {
        return R"({"v":1,"revision":)" + std::to_string(number) +
               R"(,"networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22"}],"uplink":{"interface":"up0"}})";
    };
    live.offer(with_lan(1), "test");
    EXPECT_EQ(live.current()->networks.at(0).interface, "eth1");
    net::co_spawn(io, live.follow(), net::detached);
    const auto look = [&] {
        live.wake();
        io.restart();
        while (io.poll() > 0) {
        }
    };
    look();
    EXPECT_EQ(live.version(), 1U) << "nothing has changed";
    std::ofstream{file} << R"({"v":1,"lan":["eth1","eth2"],"uplink":{"interface":"eth0","mode":"dhcp"},"devices":[]})";
    look();
    EXPECT_EQ(live.current()->networks.at(0).interface, model::local_bridge);
    EXPECT_EQ(live.current()->uplink.interface, "eth0");
    EXPECT_EQ(live.version(), 2U) << "those who wait are told";
    std::ofstream{file} << "{";
    look();
    EXPECT_EQ(live.current()->networks.at(0).interface, "br-lan") << "what cannot be read decides nothing";
    std::filesystem::remove(file);
    look();
    live.offer(with_lan(2), "test");
    EXPECT_EQ(live.current()->networks.at(0).interface, "br-lan");
    io.stop();
}

TEST(Keys, AreNamedOnceAndHaveOneWriter) {
    std::set<std::string_view> names;
    for (const auto& key : all_keys) {
        EXPECT_TRUE(names.insert(key.name).second) << key.name;
        EXPECT_TRUE(key.name.starts_with("vivi:"));
        EXPECT_FALSE(key.writer.empty());
        EXPECT_FALSE(key.lifetime.empty());
    }
}

}  // namespace
}  // namespace vivi::state
