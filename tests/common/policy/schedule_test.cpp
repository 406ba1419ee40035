// When rules hold: nights, weekdays, the two strange hours of the year, phases of the event, ends; and what of it remains.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/schedule.hpp"

#include <gmock/gmock.h>

#include "tests/common/policy/tzif.hpp"

namespace vivi::policy {
namespace {

using std::chrono::days;
using std::chrono::March;
using std::chrono::November;
using std::chrono::October;
using testing::ElementsAre;
using testing::IsEmpty;

const auto paris = test::zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
constexpr auto monday = std::chrono::Monday, friday = std::chrono::Friday, saturday = std::chrono::Saturday;

WallTime utc(std::chrono::year_month_day day, Milliseconds time) { return std::chrono::sys_days{day} + time; }
/// Of a day in November 2026, when Paris is an hour ahead; the 2nd is a Monday.
WallTime november(unsigned day, Milliseconds local) {
    return utc({std::chrono::year{2026}, November, std::chrono::day{day}}, local - 1h);
}

model::Policy policy_with(std::vector<model::Window> windows, std::vector<std::string> phases = {}) {
    return {.time_zone = "Europe/Paris",
            .schedules = {{.name = "it", .windows = std::move(windows), .phases = std::move(phases)}},
            .domains = {{.domain = "example.org", .scope = {.schedule = "it"}}}};
}
bool is_on(const model::Policy& policy, WallTime at) { return !active_schedules(policy, paris, at).empty(); }

TEST(Schedule, AWindowHoldsFromItsFirstMomentToBeforeItsLast) {
    const auto policy = policy_with({{.from = 9h, .to = 17h + 30min}});
    EXPECT_FALSE(is_on(policy, november(2, 9h - 1ms)));
    EXPECT_TRUE(is_on(policy, november(2, 9h)));
    EXPECT_TRUE(is_on(policy, november(2, 17h + 30min - 1ms)));
    EXPECT_FALSE(is_on(policy, november(2, 17h + 30min)));
}

TEST(Schedule, ANightBelongsToTheDayOnWhichItBegins) {
    const auto policy = policy_with({{.days = {friday}, .from = 22h, .to = 6h}});
    EXPECT_FALSE(is_on(policy, november(6, 5h))) << "the morning of Friday belongs to Thursday's night";
    EXPECT_FALSE(is_on(policy, november(6, 21h + 59min)));
    EXPECT_TRUE(is_on(policy, november(6, 22h)));
    EXPECT_TRUE(is_on(policy, november(7, 0h)));
    EXPECT_TRUE(is_on(policy, november(7, 5h + 59min)));
    EXPECT_FALSE(is_on(policy, november(7, 6h)));
    EXPECT_FALSE(is_on(policy, november(7, 23h)));
}

TEST(Schedule, EqualEndsAre24Hours) {
    const auto policy = policy_with({{.days = {saturday}, .from = 12h, .to = 12h}});
    EXPECT_FALSE(is_on(policy, november(7, 11h + 59min)));
    EXPECT_TRUE(is_on(policy, november(7, 12h)));
    EXPECT_TRUE(is_on(policy, november(8, 11h + 59min)));
    EXPECT_FALSE(is_on(policy, november(8, 12h)));
    EXPECT_EQ(next_change(policy_with({{.from = 0h, .to = 24h}}), paris, november(7, 5h)), std::nullopt) << "every day, all day";
}

TEST(Schedule, TheHourThatSpringLeavesOutDoesNotHappen) {
    // 29 March 2026, 01:00 UTC: the clock goes from 02:00 to 03:00.
    const auto policy = policy_with({{.from = 2h, .to = 3h}});
    const std::chrono::year_month_day spring{std::chrono::year{2026}, March, std::chrono::day{29}};
    for (auto time = Milliseconds{0}; time < 24h; time += 1min) EXPECT_FALSE(is_on(policy, utc(spring, time))) << time.count();
    EXPECT_EQ(next_change(policy, paris, utc(spring, 0h)), utc({std::chrono::year{2026}, March, std::chrono::day{30}}, 0h))
        << "the next day at 02:00 of summer time";
    const auto half = policy_with({{.from = 2h + 30min, .to = 3h + 30min}});
    EXPECT_EQ(next_change(half, paris, utc(spring, 0h)), utc(spring, 1h)) << "begins when the clock has passed 02:30";
    EXPECT_EQ(next_change(half, paris, utc(spring, 1h)), utc(spring, 1h + 30min));
}

TEST(Schedule, TheHourThatAutumnDoublesHappensTwice) {
    // 25 October 2026, 01:00 UTC: the clock goes from 03:00 back to 02:00.
    const std::chrono::year_month_day autumn{std::chrono::year{2026}, October, std::chrono::day{25}};
    const auto policy = policy_with({{.from = 2h, .to = 3h}});
    EXPECT_EQ(next_change(policy, paris, utc(autumn, -1h)), utc(autumn, 0h));
    EXPECT_EQ(next_change(policy, paris, utc(autumn, 0h)), utc(autumn, 2h)) << "two hours long";
    const auto late = policy_with({{.from = 2h + 30min, .to = 3h}});
    EXPECT_TRUE(is_on(late, utc(autumn, 30min)));
    EXPECT_FALSE(is_on(late, utc(autumn, 1h))) << "02:00 again";
    EXPECT_TRUE(is_on(late, utc(autumn, 1h + 30min)));
}

TEST(Schedule, WindowsAndPhasesMustBothHold) {
    auto policy = policy_with({{.from = 20h, .to = 2h}}, {"doors", "show"});
    policy.phases = {{.name = "doors", .from = november(7, 18h), .to = november(7, 21h)},
                     {.name = "show", .from = november(7, 21h), .to = november(8, 1h)},
                     {.name = "other", .from = november(1, 0h), .to = november(30, 0h)}};
    EXPECT_FALSE(is_on(policy, november(6, 21h)));
    EXPECT_FALSE(is_on(policy, november(7, 19h)));
    EXPECT_TRUE(is_on(policy, november(7, 20h)));
    EXPECT_TRUE(is_on(policy, november(8, 0h)));
    EXPECT_FALSE(is_on(policy, november(8, 1h)));
    EXPECT_EQ(next_change(policy, paris, november(2, 12h)), november(7, 20h)) << "windows before the phase are no change";
    EXPECT_EQ(next_change(policy, paris, november(7, 20h)), november(8, 1h));
    EXPECT_EQ(next_change(policy, paris, november(8, 1h)), std::nullopt);
}

TEST(Schedule, APhaseFarAwayIsFound) {
    auto policy = policy_with({{.days = {monday}, .from = 8h, .to = 9h}}, {"fair"});
    const WallTime from = utc({std::chrono::year{2029}, March, std::chrono::day{1}}, 0h);
    policy.phases = {{.name = "fair", .from = from, .to = from + days{30}}};
    EXPECT_EQ(next_change(policy, paris, november(2, 0h)), from + days{4} + 7h) << "Monday, 5 March 2029, 08:00 in Paris";
}

TEST(Schedule, AScheduleOfNothingAlwaysHolds) {
    EXPECT_TRUE(is_on(policy_with({}), november(2, 12h)));
    EXPECT_EQ(next_change(policy_with({}), paris, november(2, 12h)), std::nullopt);
}

TEST(Schedule, AnEndIsAChangeOnceAndSchedulesNobodyUsesAreNone) {
    model::Policy policy{.schedules = {{.name = "unused", .windows = {{.from = 9h, .to = 10h}}}},
                         .devices = {{.device = Mac{{2, 0, 0, 0, 0, 1}}, .until = november(2, 12h)}}};
    EXPECT_EQ(next_change(policy, paris, november(2, 9h)), november(2, 12h));
    EXPECT_EQ(next_change(policy, paris, november(2, 12h)), std::nullopt);
}

TEST(Schedule, WhatIsEffectiveHasNoConditionsLeftAndKnowsWhereItCameFrom) {
    constexpr Mac phone{{2, 0, 0, 0, 0, 1}};
    model::Policy policy = policy_with({{.from = 9h, .to = 10h}});
    policy.domains.push_back({.domain = "example.net", .decision = model::Decision::Allow, .scope = {.until = november(2, 12h)}});
    policy.devices = {{.device = phone, .schedule = "it"}, {.device = phone, .decision = model::Decision::Allow}};

    const auto now = effective(policy, paris, november(2, 11h));
    ASSERT_EQ(now.domains.size(), 1U);
    EXPECT_EQ(now.domains[0], (model::DomainRule{.domain = "example.net", .decision = model::Decision::Allow}));
    EXPECT_THAT(now.origin.domains, ElementsAre(1U));
    EXPECT_THAT(now.origin.devices, ElementsAre(1U));
    EXPECT_THAT(now.origin.lists, IsEmpty());
    EXPECT_EQ(now.schedules, policy.schedules);

    const auto during = effective(policy, paris, november(2, 9h));
    EXPECT_EQ(during.domains.size(), 2U);
    EXPECT_THAT(during.origin.domains, IsEmpty()) << "everything is where it was";
    EXPECT_EQ(effective(now, paris, november(2, 13h)), now) << "what is effective stays so";
    EXPECT_EQ(effective({}, paris, november(2, 9h)), model::Policy{});
}

}  // namespace
}  // namespace vivi::policy
