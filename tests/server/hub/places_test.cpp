// Bounds of strangers and of pending routers.
// SPDX-License-Identifier: Apache-2.0
#include "server/hub/places.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vivi::hub {
namespace {

TEST(Places, AreBoundedInAllAndOfOneAddress) {
    Places places{3, 2};
    auto first = places.take("a");
    const auto second = places.take("a");
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(places.take("a")) << "two of one address";
    const auto third = places.take("b");
    EXPECT_TRUE(third);
    EXPECT_FALSE(places.take("c")) << "three in all";
    EXPECT_EQ(places.taken(), 3U);
    first.reset();
    EXPECT_TRUE(places.take("a"));
    EXPECT_EQ(places.taken(), 2U) << "given back when it goes";
}

TEST(Places, OfNobodyKnownYetCountInAllOnly) {
    Places places{3, 1};
    std::vector<Places::Place> taken;
    for (int i = 0; i < 3; ++i) taken.push_back(*places.take(""));
    EXPECT_FALSE(places.take(""));
    taken.pop_back();
    EXPECT_TRUE(places.take("a"));
}

TEST(Places, AreGivenBackOnceWhenTheyWereMoved) {
    Places places{1, 1};
    auto first = places.take("a");
    auto moved = *std::move(first);
    first.reset();
    EXPECT_EQ(places.taken(), 1U);
    EXPECT_FALSE(places.take("a"));
}

}  // namespace
}  // namespace vivi::hub
