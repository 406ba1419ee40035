// Back-off doubles, is capped, and starts again.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/backoff.hpp"

#include <gmock/gmock.h>

namespace vivi {
namespace {

constexpr std::uint32_t highest = 0xffffffff;

TEST(Backoff, DoublesUpToItsCapAndStartsAgainAfterSuccess) {
    Backoff backoff{100ms, 1s};
    EXPECT_EQ(backoff.next(highest), 100ms);
    EXPECT_EQ(backoff.next(highest), 200ms);
    EXPECT_EQ(backoff.next(highest), 400ms);
    EXPECT_EQ(backoff.next(highest), 800ms);
    EXPECT_EQ(backoff.next(highest), 1s);
    EXPECT_EQ(backoff.next(highest), 1s);
    backoff.reset();
    EXPECT_EQ(backoff.next(highest), 100ms);
}

TEST(Backoff, NeverHammersEvenWhenTheDiceSaysZero) {
    Backoff backoff{100ms, 1s};
    EXPECT_EQ(backoff.next(0), 50ms);
}

}  // namespace
}  // namespace vivi
