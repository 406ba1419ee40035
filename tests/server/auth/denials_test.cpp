// Denials: what is written at once, what is counted, and that a flood stays small.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/denials.hpp"

#include <gtest/gtest.h>

namespace vivi::auth {
namespace {

using namespace std::chrono_literals;

TEST(Denials, WritesTheFirstAtOnceAndCountsTheRestOfTheMinute) {
    Denials denials;
    const Instant start{};
    for (int i = 0; i < 1'000; ++i) denials.note({.user = "ann", .what = "Mutation.setPolicy"}, start + Milliseconds{i});
    denials.note({.user = "bob", .what = "Mutation.setPolicy"}, start);
    const auto first = denials.take_due(start + 1s);
    ASSERT_EQ(first.size(), 2u);
    EXPECT_EQ(first[0].times, 1u);
    EXPECT_TRUE(denials.take_due(start + 59s).empty());
    const auto rest = denials.take_due(start + 60s);
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_EQ(rest[0].user, "ann");
    EXPECT_EQ(rest[0].times, 999u);
    denials.note({.user = "ann", .what = "Mutation.setPolicy"}, start + 61s);
    EXPECT_EQ(denials.take_due(start + 61s).size(), 1u) << "a new minute begins";
    EXPECT_EQ(denials.noted(), 1'002u);
}

TEST(Denials, AFloodOfKindsIsOneRowMore) {
    Denials denials;
    const Instant start{};
    for (int i = 0; i < 100'000; ++i) denials.note({.user = std::to_string(i), .what = "Query.auditLog"}, start);
    EXPECT_EQ(denials.take_due(start + 1s).size(), Denials::most_kinds);
    const auto rest = denials.take_due(start + 60s);
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_EQ(rest[0].what, "many");
    EXPECT_EQ(rest[0].times, 100'000u - Denials::most_kinds);
    EXPECT_TRUE(denials.take_due(start + 200s).empty());
}

}  // namespace
}  // namespace vivi::auth
