// Ticks and who looks: periods change in the middle, and nothing is waited for.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/tick.hpp"

#include <gtest/gtest.h>

namespace vivi::pcapd {
namespace {

constexpr Instant start{};

TEST(TickSchedule, EndsATickAfterItsPeriod) {
    TickSchedule schedule{10s, start};
    EXPECT_FALSE(schedule.is_due(start + 9'999ms));
    EXPECT_TRUE(schedule.is_due(start + 10s));
    EXPECT_EQ(schedule.restart(start + 10'004ms), 10'004ms) << "it says how long it really was";
    EXPECT_EQ(schedule.due(), start + 20'004ms);
}

TEST(TickSchedule, EndsAtOnceWhenSomebodyBeginsToLook) {
    TickSchedule schedule{10s, start};
    schedule.set_period(250ms, start + 3s);
    EXPECT_TRUE(schedule.is_due(start + 3s));
    EXPECT_EQ(schedule.restart(start + 3s), 3s);
    EXPECT_EQ(schedule.due(), start + 3'250ms);
}

TEST(TickSchedule, StretchesTheTickWhenNobodyLooksAnyMore) {
    TickSchedule schedule{250ms, start};
    schedule.set_period(10s, start + 100ms);
    EXPECT_EQ(schedule.due(), start + 10s);
    schedule.set_period(20s, start + 60s);
    EXPECT_EQ(schedule.due(), start + 60s) << "never in the past";
}

TEST(TickSchedule, KeepsTheTickWhenThePeriodStays) {
    TickSchedule schedule{250ms, start};
    schedule.set_period(250ms, start + 100ms);
    EXPECT_EQ(schedule.due(), start + 250ms);
}

TEST(Watch, LastsAsLongAsWasSaidLast) {
    Watch watch;
    EXPECT_FALSE(watch.is_on(start));
    watch.set(15s, start);
    EXPECT_TRUE(watch.is_on(start + 14s));
    watch.set(15s, start + 10s);
    EXPECT_TRUE(watch.is_on(start + 24s));
    EXPECT_FALSE(watch.is_on(start + 25s));
    watch.set(15s, start + 30s);
    watch.set(0s, start + 31s);
    EXPECT_FALSE(watch.is_on(start + 31s)) << "zero: nobody";
}

TEST(Watch, IsBoundedToAnHour) {
    Watch watch;
    watch.set(Seconds{INT64_MAX / 4'000'000'000}, start);
    EXPECT_EQ(watch.until(), start + 1h);
}

}  // namespace
}  // namespace vivi::pcapd
