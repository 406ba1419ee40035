// How often a stranger may.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/allowance.hpp"

#include <gtest/gtest.h>

namespace vivi::hub {
namespace {

constexpr Instant start{std::chrono::hours{1}};

TEST(HubAllowance, GivesABurstAndThenOneAtATime) {
    Allowance allowance{3, 60s};
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(allowance.take("192.0.2.1", start)) << i;
    EXPECT_FALSE(allowance.take("192.0.2.1", start));
    EXPECT_FALSE(allowance.take("192.0.2.1", start + 59s));
    EXPECT_TRUE(allowance.take("192.0.2.1", start + 60s));
    EXPECT_FALSE(allowance.take("192.0.2.1", start + 60s));
}

TEST(HubAllowance, IsOfEachNameAlone) {
    Allowance allowance{1, 60s};
    EXPECT_TRUE(allowance.take("192.0.2.1", start));
    EXPECT_TRUE(allowance.take("192.0.2.2", start));
}

TEST(HubAllowance, ForgetsWhoIsGoneAndRefusesStrangersBeyondItsBound) {
    Allowance allowance{1, 60s, 2};
    EXPECT_TRUE(allowance.take("a", start));
    EXPECT_TRUE(allowance.take("b", start));
    EXPECT_FALSE(allowance.take("c", start + 1s)) << "no room to remember it";
    EXPECT_TRUE(allowance.take("c", start + 60s)) << "the others have been forgotten";
    EXPECT_EQ(allowance.names(), 1u);
}

}  // namespace
}  // namespace vivi::hub
