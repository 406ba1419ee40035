// What dnsd hears, and whom it wakes.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/hearing.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>

#include "common/bus/memory.hpp"
#include "common/runtime/clock.hpp"

namespace vivi::dnsd {
namespace {

struct HearingTest : testing::Test {
    net::io_context io;
    bus::Memory bus{io.get_executor()};
    std::map<std::string, int> woken{};
    Hearing hearing{{.configuration = [this] { ++woken["configuration"]; },
                     .policy = [this] { ++woken["policy"]; },
                     .leases = [this] { ++woken["leases"]; },
                     .watch = [this] { ++woken["watch"]; }}};
    std::unique_ptr<bus::Subscriber> heard = bus.subscribe(heard_topics());
    ~HearingTest() override { io.stop(); }

    void say(std::string topic, std::string body = "{}") {
        net::co_spawn(io, hearing.hear(*heard), net::detached);
        const auto publish = [&]() -> Task<> {
            std::vector<bus::Message> batch{{topic, body}};
            [[maybe_unused]] const auto sent = co_await bus.publish(std::move(batch));
        };
        net::co_spawn(io, publish(), net::detached);
        io.restart();
        while (io.poll() > 0) {
        }
    }
};

using Woken = std::map<std::string, int>;

TEST_F(HearingTest, ANewConfigurationMayBeANewPolicy) {
    say("config.changed");
    EXPECT_EQ(woken, (Woken{{"configuration", 1}, {"policy", 1}}));
}

TEST_F(HearingTest, AScheduleChangesThePolicyAlone) {
    say("policy.changed");
    EXPECT_EQ(woken, (Woken{{"policy", 1}}));
}

TEST_F(HearingTest, EveryLeaseEventIsALookAtTheLeases) {
    say("dhcp.lease.granted");
    EXPECT_EQ(woken, (Woken{{"leases", 1}}));
}

TEST_F(HearingTest, WhatOthersSayToOthersIsNotHeard) {
    say("traffic.batch");
    EXPECT_EQ(woken, Woken{});
}

TEST_F(HearingTest, SomebodyLooksForAsLongAsTheySay) {
    say("watch.changed", R"({"seconds":30})");
    EXPECT_EQ(woken, (Woken{{"watch", 1}}));
    EXPECT_TRUE(hearing.is_watched(now() + 29s));
    EXPECT_FALSE(hearing.is_watched(now() + 31s));
}

TEST_F(HearingTest, ABadMessageChangesNothing) {
    for (const auto* bad : {"", "[]", "{}", R"({"seconds":"30"})", R"({"seconds":1e99})"}) say("watch.changed", bad);
    EXPECT_EQ(woken, Woken{});
    say("watch.changed", R"({"seconds":9223372036854775807})");
    EXPECT_FALSE(hearing.is_watched(now() + 3'601s)) << "not for ever";
}

}  // namespace
}  // namespace vivi::dnsd
