// Two policies asked about the same names: who is counted where.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/policy_trial.hpp"

#include <gtest/gtest.h>

namespace vivi::api {
namespace {

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}};

/// An image and its engine.
struct Asked {
    explicit Asked(const char* json) {
        model::Problems problems;
        const auto policy = model::parse_policy(*model::parse_json(json), "", problems);
        rules = policy::compile(policy, 1);
        engine = *policy::Engine::open(rules, {});
    }
    Bytes rules{};
    policy::Engine engine{};
};

const char* const denies_games = R"({"domains":[{"domain":"games.example","decision":"deny"}]})";

class PolicyTrial : public ::testing::Test {
protected:
    Asked nothing{"{}"};
    Asked games{denies_games};
    Trial trial;

    void ask(const Asked& before, const Asked& after, const std::string& name, std::optional<Mac> device, std::int64_t queries) {
        trial.add(before.engine, after.engine, {.name = name, .device = device, .queries = queries});
    }
};

TEST_F(PolicyTrial, CountsWhomItWouldChangeSomethingFor) {
    ask(nothing, games, "a.games.example", phone, 5);
    ask(nothing, games, "a.games.example", laptop, 2);
    ask(nothing, games, "games.example", phone, 1);
    ask(nothing, games, "good.example", phone, 9);
    const auto sums = trial.sums();
    EXPECT_EQ(sums.names, 3);
    EXPECT_EQ(sums.devices, 2);
    EXPECT_EQ(sums.denied_names, 2);
    EXPECT_EQ(sums.denied_devices, 2);
    EXPECT_EQ(sums.denied_queries, 8);
    EXPECT_EQ(sums.allowed_names, 0);
    const auto top = trial.top(Trial::Turned::Denied, 10);
    ASSERT_EQ(top.size(), 2u);
    EXPECT_EQ(top[0].name, "a.games.example");
    EXPECT_EQ(top[0].devices, 2);
    EXPECT_EQ(top[0].queries, 7);
    EXPECT_EQ(top[0].after, "domain games.example (deny, everybody)");
    EXPECT_EQ(trial.top(Trial::Turned::Denied, 1).size(), 1u);
    EXPECT_TRUE(trial.top(Trial::Turned::Allowed, 10).empty());
}

TEST_F(PolicyTrial, TheOtherWayRoundIsAllowed) {
    ask(games, nothing, "games.example", phone, 3);
    const auto top = trial.top(Trial::Turned::Allowed, 10);
    ASSERT_EQ(top.size(), 1u);
    EXPECT_EQ(top[0].before, "domain games.example (deny, everybody)");
    EXPECT_EQ(trial.sums().allowed_devices, 1);
    EXPECT_EQ(trial.sums().denied_names, 0);
}

TEST_F(PolicyTrial, ARuleOfOneDeviceChangesNothingForTheOthers) {
    const Asked of_phone{R"({"domains":[{"domain":"games.example","decision":"deny","device":"02:00:00:00:00:01"}]})"};
    ask(nothing, of_phone, "games.example", phone, 3);
    ask(nothing, of_phone, "games.example", laptop, 4);
    const auto top = trial.top(Trial::Turned::Denied, 10);
    ASSERT_EQ(top.size(), 1u);
    EXPECT_EQ(top[0].devices, 1);
    EXPECT_EQ(top[0].devices_asked, 2);
    EXPECT_EQ(top[0].queries, 3);
}

TEST_F(PolicyTrial, ANameThatNoKnownDeviceAskedForIsAskedOfAnybody) {
    ask(nothing, games, "games.example", std::nullopt, 0);
    const auto top = trial.top(Trial::Turned::Denied, 10);
    ASSERT_EQ(top.size(), 1u);
    EXPECT_EQ(top[0].devices, 0);
    EXPECT_EQ(trial.sums().devices, 0);
    EXPECT_EQ(trial.sums().denied_names, 1);
}

}  // namespace
}  // namespace vivi::api
