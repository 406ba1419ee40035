// Which rules hold now, and when to look again, with a passed clock.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/moment.hpp"

#include <gmock/gmock.h>

namespace vivi::bridged {
namespace {

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}};
constexpr WallTime show{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + std::chrono::hours{20}};
const policy::TimeZone utc{};

model::Policy banned_until(WallTime until) {
    model::Policy policy;
    policy.devices.push_back({.device = phone, .until = until});
    return policy;
}

TEST(BridgedMoment, ABanEndsByItself) {
    const auto policy = banned_until(show + 15min);
    const auto during = moment_of(policy, utc, {.now = show});
    EXPECT_EQ(during.policy.devices.size(), 1U);
    EXPECT_EQ(during.until, show + 15min);
    EXPECT_FALSE(during.is_over({.now = show + 14min}));
    EXPECT_TRUE(during.is_over({.now = show + 15min}));
    const auto afterwards = moment_of(policy, utc, {.now = show + 15min});
    EXPECT_TRUE(afterwards.policy.devices.empty());
    EXPECT_EQ(afterwards.until, std::nullopt);
}

TEST(BridgedMoment, AScheduleThatCrossesMidnightBeginsAndEnds) {
    model::Policy policy;
    policy.schedules.push_back({.name = "night", .windows = {{.from = 22h, .to = 6h}}});
    policy.domains.push_back({.domain = "example.org", .scope = {.schedule = "night"}});
    const auto evening = moment_of(policy, utc, {.now = show});
    EXPECT_TRUE(evening.policy.domains.empty());
    EXPECT_EQ(evening.until, show + 2h);
    const auto night = moment_of(policy, utc, {.now = *evening.until});
    EXPECT_EQ(night.policy.domains.size(), 1U);
    EXPECT_EQ(night.until, show + 10h);
    EXPECT_TRUE(moment_of(policy, utc, {.now = *night.until}).policy.domains.empty());
}

TEST(BridgedMoment, WithoutATrustedClockNothingEnds) {
    const auto frozen = moment_of(banned_until(show + 15min), utc, {.now = show, .is_trusted = false});
    EXPECT_EQ(frozen.policy.devices.size(), 1U);
    EXPECT_EQ(frozen.until, std::nullopt);
    EXPECT_FALSE(frozen.is_over({.now = show, .is_trusted = false}));
    EXPECT_TRUE(frozen.is_over({.now = show, .is_trusted = true})) << "believed again: look";
}

TEST(BridgedMoment, AClockThatIsSetBackIsLookedAtAgain) {
    const auto moment = moment_of(banned_until(show + 15min), utc, {.now = show + 20min});
    EXPECT_TRUE(moment.policy.devices.empty());
    EXPECT_TRUE(moment.is_over({.now = show}));
    EXPECT_EQ(moment_of(banned_until(show + 15min), utc, {.now = show}).policy.devices.size(), 1U);
}

TEST(BridgedMoment, APolicyWithoutTimesHoldsForGood) {
    model::Policy policy;
    policy.devices.push_back({.device = phone});
    EXPECT_EQ(moment_of(policy, utc, {.now = show}).until, std::nullopt);
}

}  // namespace
}  // namespace vivi::bridged
