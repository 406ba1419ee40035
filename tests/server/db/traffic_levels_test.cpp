// Steps of a series: the finest that fit, from levels that are still there.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/traffic_levels.hpp"

#include <gtest/gtest.h>

namespace vivi::db {
namespace {

using std::chrono::hours;

constexpr WallTime now{Milliseconds{1'800'000'000'000}};  // A whole hour, and not a whole day.
constexpr LevelsKept kept{.ten_seconds = now - hours{48}, .five_minutes = now - hours{168}};

struct Choice {
    WallTime from{};
    int most = 0;
    TrafficLevel level{};
    Seconds step{};
};

TEST(TrafficLevels, GiveTheFinestStepsThatFit) {
    for (const auto& [from, most, level, step] : {Choice{now - hours{1}, 360, TrafficLevel::TenSeconds, Seconds{10}},
                                                  Choice{now - hours{1}, 359, TrafficLevel::TenSeconds, Seconds{30}},
                                                  Choice{now - hours{24}, 300, TrafficLevel::FiveMinutes, Seconds{300}},
                                                  Choice{now - hours{24}, 24, TrafficLevel::Hour, Seconds{3'600}},
                                                  Choice{now - hours{48}, 2'000, TrafficLevel::FiveMinutes, Seconds{300}},
                                                  Choice{now - hours{400 * 24}, 1'000, TrafficLevel::Hour, Seconds{43'200}},
                                                  Choice{now - hours{400 * 24}, 60, TrafficLevel::Hour, Seconds{7 * 86'400}}}) {
        const auto chosen = choose_steps({.from = from, .to = now}, most, kept);
        EXPECT_EQ(chosen.level, level) << most;
        EXPECT_EQ(chosen.step, step) << most;
        const auto points = (now - chosen.first + chosen.step - Seconds{1}) / chosen.step;
        EXPECT_LE(points, most);
        EXPECT_LE(chosen.first, from);
    }
}

TEST(TrafficLevels, AskALevelOnlyForWhatItStillHas) {
    EXPECT_EQ(choose_steps({.from = now - hours{49}, .to = now - hours{48}}, 300, kept).level, TrafficLevel::FiveMinutes);
    EXPECT_EQ(choose_steps({.from = now - hours{200}, .to = now - hours{199}}, 300, kept).level, TrafficLevel::Hour);
    auto of_a_device = kept;
    of_a_device.has_hours = false;
    EXPECT_EQ(choose_steps({.from = now - hours{400 * 24}, .to = now}, 5, of_a_device).level, TrafficLevel::FiveMinutes);
}

TEST(TrafficLevels, AnyRangeEndsInAChoice) {
    const auto all = choose_steps({.from = WallTime{}, .to = WallTime{Milliseconds{253'402'300'799'000}}}, 1, kept);
    EXPECT_EQ(all.first, WallTime{});
    EXPECT_GE(all.first + all.step, WallTime{Milliseconds{253'402'300'799'000}});
    EXPECT_EQ(step_of(WallTime{Milliseconds{1'234'567}}, Seconds{300}), WallTime{Milliseconds{1'200'000}});
}

}  // namespace
}  // namespace vivi::db
