// Messages of the server bus both ways, wake-ups and watches over the bus in memory.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include "common/bus/memory.hpp"
#include "common/runtime/clock.hpp"
#include "server/live/messages.hpp"
#include "server/live/notices.hpp"
#include "server/live/wakeups.hpp"
#include "server/live/watches.hpp"

namespace vivi::live {
namespace {

using namespace net::experimental::awaitable_operators;

TEST(Messages, ACommandedRouterComesBack) {
    const auto message = to_message(Commanded{.router = "r"});
    EXPECT_EQ(message.topic, "router.r.commands");
    EXPECT_EQ(parse_commanded(message), (Commanded{.router = "r"}));
    EXPECT_FALSE(parse_commanded({.topic = "router.r.desired", .body = message.body})) << "another verb";
    EXPECT_FALSE(parse_commanded({.topic = message.topic, .body = "{}"}));
    EXPECT_EQ(signing_message("c").topic, "command.c.signing");
}

TEST(Messages, SurviveTheBus) {
    const Changed changed{.router = "r1", .organisation = "o1", .revision = 7, .kinds = {"devices", "traffic"}};
    EXPECT_EQ(to_message(changed).topic, "router.r1.changed");
    EXPECT_EQ(parse_changed(to_message(changed)), changed);
    const Desired desired{.router = "r1", .revision = 3};
    EXPECT_EQ(to_message(desired).topic, "router.r1.desired");
    EXPECT_EQ(parse_desired(to_message(desired)), desired);
    const Watched watched{.router = "r1", .duration = Seconds{25}};
    EXPECT_EQ(to_message(watched).topic, "router.r1.watch");
    EXPECT_EQ(parse_watched(to_message(watched)), watched);
}

TEST(Messages, NonsenseIsNothing) {
    for (const auto* body : {"", "{", "[]", R"({"v":2,"router":"r"})", R"({"v":1})", R"({"v":1,"router":7})",
                             R"({"v":1,"router":"r","revision":"x"})"})
        EXPECT_EQ(parse_changed({.topic = "router.r.changed", .body = body}), std::nullopt) << body;
}

/// Redis that keeps what it was told.
class Recorder final : public store::Store {
public:
    Task<Result<store::Reply>> run(store::Command command) override {
        commands.push_back(std::move(command));
        co_return store::Reply{};
    }
    Task<Result<std::vector<store::Reply>>> pipeline(std::vector<store::Command> all) override {
        std::vector<store::Reply> replies(all.size());
        for (auto& command : all) commands.push_back(std::move(command));
        co_return replies;
    }
    Task<Result<std::vector<store::Reply>>> transaction(std::vector<store::Command> all) override {
        return pipeline(std::move(all));
    }
    std::vector<store::Command> commands;
};

class Live : public ::testing::Test {
protected:
    /// Runs `task` to its end, and everything else that goes on meanwhile.
    void run(Task<> task) {
        std::exception_ptr failure;
        bool ended = false;
        net::co_spawn(io, std::move(task), [&](std::exception_ptr thrown) { failure = thrown, ended = true; });
        while (!ended && io.run_one_for(std::chrono::seconds{10}) > 0) {
        }
        if (failure) std::rethrow_exception(failure);
        ASSERT_TRUE(ended);
    }

    net::io_context io;
    bus::Memory bus{io.get_executor()};
    Wakeups wakeups{io.get_executor()};
    Recorder redis;
};

TEST_F(Live, WakesOnlyTheEarsOfThatRouter) {
    const auto subscriber = bus.subscribe({changed_pattern});
    const auto ours = wakeups.listen("r1");
    const auto other = wakeups.listen("r2");
    const auto body = [&]() -> Task<> {
        static_cast<void>(co_await bus.publish({to_message(Changed{.router = "r1", .revision = 1})}));
        co_await ours->wait(Milliseconds{10'000});
        const auto before = now();
        co_await other->wait(Milliseconds{30});
        EXPECT_GE(now() - before, Milliseconds{25}) << "nothing happened there";
    };
    run(together(body(), wakeups.run(*subscriber)));
}

TEST_F(Live, ManyWakeUpsAreOne) {
    const auto ear = wakeups.listen("r1");
    for (int i = 0; i < 100; ++i) wakeups.wake("r1");
    const auto body = [&]() -> Task<> {
        co_await ear->wait(Milliseconds{10'000});
        const auto before = now();
        co_await ear->wait(Milliseconds{30});
        EXPECT_GE(now() - before, Milliseconds{25});
    };
    run(body());
}

TEST_F(Live, AnEarThatIsGoneIsForgotten) {
    auto ear = wakeups.listen("r1");
    EXPECT_EQ(wakeups.ears(), 1u);
    ear.reset();
    EXPECT_EQ(wakeups.ears(), 0u);
    wakeups.wake("r1");
}

TEST_F(Live, ACancelledWaitThrows) {
    const auto ear = wakeups.listen("r1");
    bool was_thrown = false;
    const auto waiting = [&]() -> Task<> {
        try {
            co_await ear->wait(Milliseconds{10'000});
        } catch (const boost::system::system_error&) {
            was_thrown = true;
            throw;
        }
    };
    run(together(waiting(), after(Milliseconds{1})));
    EXPECT_TRUE(was_thrown);
}

TEST_F(Live, TheFirstLookIsAnnouncedAtOnceAndTheSecondIsNot) {
    Watches watches{io.get_executor(), redis, bus};
    const auto body = [&]() -> Task<> {
        co_await after(Milliseconds{5});  // The first round, with nobody looking.
        const auto first = watches.look("r1");
        const auto second = watches.look("r1");
        co_await after(Milliseconds{20});
        EXPECT_EQ(watches.watched(), 1u);
    };
    run(together(body(), watches.run()));
    ASSERT_EQ(bus.published().size(), 1u);
    EXPECT_EQ(parse_watched(bus.published()[0])->duration, Seconds{25});
    EXPECT_EQ(redis.commands, (std::vector<store::Command>{{"SET", "vivi:watch:r1", "1", "EX", "25"}}));
    EXPECT_EQ(watches.watched(), 0u) << "nobody looks any more";
}

TEST_F(Live, ADecisionIsForTheHubAndForViewers) {
    Notices notices{bus};
    const auto body = [&]() -> Task<> {
        Decision decision{.router = "r1", .organisation = "o1", .desired_revision = 4, .revision = 9};
        EXPECT_TRUE(co_await notices.decided(std::move(decision)));
    };
    run(body());
    ASSERT_EQ(bus.published().size(), 2u);
    EXPECT_EQ(parse_desired(bus.published()[0])->revision, 4);
    EXPECT_EQ(parse_changed(bus.published()[1])->revision, 9);
}

}  // namespace
}  // namespace vivi::live
