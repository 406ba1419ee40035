// What a click on a name makes of a policy.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/policy_edits.hpp"

#include <gtest/gtest.h>

namespace vivi::api {
namespace {

using model::Decision;

constexpr WallTime now = from_unix_ms(1'795'370'402'123);
constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}};

model::Problems decide(model::Policy& policy, Decision decision, std::optional<WallTime> until = {},
                       std::optional<Mac> device = {}, const std::string& domain = "Example.org") {
    return decide_domain(policy, {.domain = domain, .decision = decision, .device = device, .until = until, .now = now});
}

TEST(PolicyEdits, ANameIsNormalisedOrRefused) {
    model::Policy policy;
    EXPECT_TRUE(decide(policy, Decision::Allow).empty());
    ASSERT_EQ(policy.domains.size(), 1u);
    EXPECT_EQ(policy.domains[0].domain, "example.org");
    EXPECT_TRUE(policy.domains[0].subdomains);
    const auto problems = decide(policy, Decision::Allow, {}, {}, "https://example.org/");
    ASSERT_EQ(problems.size(), 1u);
    EXPECT_TRUE(problems[0].starts_with("/domain: "));
}

TEST(PolicyEdits, ForAlwaysReplacesWhatWasSaidAboutTheSame) {
    model::Policy policy;
    decide(policy, Decision::Deny);
    decide(policy, Decision::Deny, {}, phone);
    decide(policy, Decision::Allow, now + Seconds{60});
    decide(policy, Decision::Allow);
    ASSERT_EQ(policy.domains.size(), 2u);
    EXPECT_EQ(policy.domains[0].scope.device, phone) << "another scope is another rule";
    EXPECT_EQ(policy.domains[1].decision, Decision::Allow);
    decide(policy, Decision::Deny);
    EXPECT_EQ(policy.domains[1].decision, Decision::Deny);
    EXPECT_EQ(policy.domains.size(), 2u);
}

TEST(PolicyEdits, ForAWhileLeavesWhatIsSaidForAlways) {
    model::Policy policy;
    decide(policy, Decision::Deny);
    decide(policy, Decision::Allow, now + Seconds{900});
    decide(policy, Decision::Allow, now + Seconds{1'800});
    ASSERT_EQ(policy.domains.size(), 2u);
    EXPECT_FALSE(policy.domains[0].scope.until);
    EXPECT_EQ(policy.domains[1].scope.until, now + Seconds{1'800}) << "the newest exception counts";
    EXPECT_TRUE(decide(policy, Decision::Deny, now + Seconds{60}).empty());
    EXPECT_EQ(policy.domains.size(), 1u) << "denied for always already: the exception goes, the rule stays";
}

TEST(PolicyEdits, WhatIsAllowedForAlwaysCannotBeDeniedForAWhile) {
    model::Policy policy;
    decide(policy, Decision::Allow);
    EXPECT_EQ(decide(policy, Decision::Deny, now + Seconds{60}).size(), 1u);
}

TEST(PolicyEdits, RulesOfGroupsAndSchedulesStayAndThoseThatEndedGo) {
    model::Policy policy;
    policy.domains = {{.domain = "example.org", .scope = {.group = "guests"}},
                      {.domain = "example.org", .scope = {.schedule = "night"}},
                      {.domain = "other.example", .scope = {.until = now}}};
    decide(policy, Decision::Allow);
    ASSERT_EQ(policy.domains.size(), 3u);
    EXPECT_EQ(policy.domains[2].decision, Decision::Allow);
}

}  // namespace
}  // namespace vivi::api
