// How a router is: which facts are which reasons, and how bad.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/router_health.hpp"

#include <gtest/gtest.h>

namespace vivi::api {
namespace {

constexpr WallTime now = from_unix_ms(1'795'633'200'000);
db::Router good() {
    return {.has_been_seen = true, .is_online = true, .last_seen_at = now, .desired_revision = 5, .applied_revision = 5};
}
std::vector<HealthReason> codes(const RouterHealth& health) {
    std::vector<HealthReason> all;
    for (const auto& reason : health.reasons) all.push_back(reason.code);
    return all;
}

TEST(RouterHealth, GoodWhenNothingIsTheMatter) {
    const auto answer = health(good(), {.decided_at = now - Seconds{86'400}}, now);
    EXPECT_EQ(answer.state, HealthState::Good);
    EXPECT_TRUE(answer.reasons.empty());
}

TEST(RouterHealth, ARouterThatIsAwayIsBadOneThatNeverCameIsNot) {
    auto router = good();
    router.is_online = false;
    const auto away = health(router, {}, now);
    EXPECT_EQ(away.state, HealthState::Bad);
    EXPECT_EQ(away.reasons.at(0).parameters.dump(), R"({"since":"2026-11-25T19:00:00.000Z"})");
    const auto never = health({.desired_revision = 1}, {.decided_at = now}, now);
    EXPECT_EQ(never.state, HealthState::Attention);
    EXPECT_EQ(codes(never), std::vector{HealthReason::NeverSeen});
}

TEST(RouterHealth, ARevisionMayTakeAWhileAndARefusedOneIsBad) {
    auto router = good();
    router.desired_revision = 6;
    EXPECT_EQ(health(router, {.decided_at = now - Seconds{9}}, now).state, HealthState::Good);
    const auto late = health(router, {.decided_at = now - Seconds{10}}, now);
    EXPECT_EQ(late.state, HealthState::Attention);
    EXPECT_EQ(late.reasons.at(0).parameters.dump(), R"({"applied":5,"desired":6,"seconds":10})");
    router.apply_error = "no such interface";
    const auto refused = health(router, {.decided_at = now}, now);
    EXPECT_EQ(refused.state, HealthState::Bad);
    EXPECT_EQ(codes(refused), std::vector{HealthReason::ConfigurationRefused});
    router.applied_revision = 6;
    EXPECT_EQ(health(router, {.decided_at = now}, now).state, HealthState::Good) << "what is in force was not refused";
}

TEST(RouterHealth, NetworksThatWereTakenBackAreBadThoughTheRevisionIsInForce) {
    const auto answer = health(good(), {.reverted_revision = 5, .reverted_reason = "no new connection"}, now);
    EXPECT_EQ(answer.state, HealthState::Bad);
    EXPECT_EQ(codes(answer), std::vector{HealthReason::ConfigurationRefused});
    EXPECT_EQ(answer.reasons.at(0).parameters["revision"], 5);
}

TEST(RouterHealth, TheWorstReasonDecidesAndComesFirst) {
    auto router = good();
    router.is_online = false;
    const auto answer = health(router, {.gaps = 2, .open_alarms = 3, .unacknowledged_alarms = 1}, now);
    EXPECT_EQ(answer.state, HealthState::Bad);
    EXPECT_EQ(codes(answer), (std::vector{HealthReason::Offline, HealthReason::Gaps, HealthReason::AlarmsOpen}));
    EXPECT_EQ(answer.reasons[2].parameters.dump(), R"({"count":3,"unacknowledged":1})");
}

}  // namespace
}  // namespace vivi::api
