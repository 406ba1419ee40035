// Whether the clock can be believed, and what schedules go by when it cannot.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/policy_clock.hpp"

#include <gmock/gmock.h>

namespace vivi::bridged {
namespace {

constexpr WallTime show{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25}};
constexpr WallTime no_battery{1h};

TEST(BridgedPolicyClock, AClockThatWokeInThePastStaysAtTheLastTimeKnownUntilItIsSet) {
    PolicyClock clock{ClockTrust::Plausible, show};
    auto seen = clock.look(no_battery, /*is_synchronised=*/false);
    EXPECT_FALSE(seen.is_trusted);
    EXPECT_EQ(seen.now, show);
    seen = clock.look(show + 2h, /*is_synchronised=*/true);
    EXPECT_TRUE(seen.is_trusted);
    EXPECT_EQ(seen.now, show + 2h);
}

TEST(BridgedPolicyClock, APlausibleClockNeedsNoServer) {
    PolicyClock clock{ClockTrust::Plausible, show};
    EXPECT_TRUE(clock.look(show + 1h, false).is_trusted);
    EXPECT_EQ(clock.last_known(), show + 1h);
    EXPECT_FALSE(clock.look(show, false).is_trusted) << "it went back";
    EXPECT_EQ(clock.last_known(), show + 1h);
}

TEST(BridgedPolicyClock, TheFirstStartHasNoTimeKnownButKnowsWhatCannotBe) {
    PolicyClock clock{ClockTrust::Plausible, std::nullopt};
    EXPECT_FALSE(clock.look(no_battery, false).is_trusted);
    EXPECT_TRUE(clock.look(show, false).is_trusted);
}

TEST(BridgedPolicyClock, WithoutAServerAStrictClockIsNotBelieved) {
    PolicyClock clock{ClockTrust::Synchronised, show};
    EXPECT_FALSE(clock.look(show + 1h, false).is_trusted);
    EXPECT_TRUE(clock.look(show + 1h, true).is_trusted);
    EXPECT_TRUE(clock.look(show + 2h, false).is_trusted) << "the server is away again: the clock still runs";
}

TEST(BridgedPolicyClock, SynchronisedTimeIsBelievedBackwards) {
    PolicyClock clock{ClockTrust::Plausible, show + 24h};
    EXPECT_EQ(clock.look(show, true).now, show);
    EXPECT_TRUE(clock.look(show + 1min, false).is_trusted);
}

TEST(BridgedPolicyClock, ALabBelievesWhateverItIsTold) {
    PolicyClock clock{ClockTrust::Always, show};
    EXPECT_EQ(clock.look(no_battery, false).now, no_battery);
}

}  // namespace
}  // namespace vivi::bridged
