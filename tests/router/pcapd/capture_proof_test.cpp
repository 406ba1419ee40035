// The frame that must come back, and what it means when it does not.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/capture_proof.hpp"

#include <gtest/gtest.h>

namespace vivi::pcapd {
namespace {

constexpr Mac own{{0x02, 0, 0, 0, 0, 0x01}};
constexpr Instant start{};

TEST(SelfTest, KnowsItsOwnFrameAndNoOther) {
    const auto frame = test_frame(own, 42);
    EXPECT_EQ(frame.size(), 60U) << "the least an Ethernet frame may have";
    EXPECT_TRUE(is_test_frame(frame, 42));
    EXPECT_FALSE(is_test_frame(frame, 43)) << "of another process";
    EXPECT_FALSE(is_test_frame(BytesView{frame}.first(21), 42)) << "cut short";
    auto other = frame;
    other[13] = std::byte{0xb6};
    EXPECT_FALSE(is_test_frame(other, 42));
}

TEST(SelfTest, HasPassedOnceTheFrameIsBack) {
    SelfTestSchedule schedule;
    EXPECT_TRUE(schedule.is_due(start));
    schedule.sent(start, /*was_sent=*/true);
    EXPECT_EQ(schedule.state(start + 4s), SelfTest::Waiting);
    schedule.heard();
    EXPECT_EQ(schedule.state(start + 4s), SelfTest::Passed);
    EXPECT_FALSE(schedule.is_due(start + 29s));
    EXPECT_TRUE(schedule.is_due(start + 30s));
}

TEST(SelfTest, HasFailedWhenNothingComesBackInFiveSecondsOrNothingCouldBeSent) {
    SelfTestSchedule schedule;
    schedule.sent(start, /*was_sent=*/true);
    EXPECT_EQ(schedule.state(start + 5s), SelfTest::Failed);
    schedule.sent(start + 30s, /*was_sent=*/true);
    EXPECT_EQ(schedule.state(start + 31s), SelfTest::Failed) << "until a frame is back";
    schedule.heard();
    EXPECT_EQ(schedule.state(start + 32s), SelfTest::Passed);
    schedule.sent(start + 60s, /*was_sent=*/false);
    EXPECT_EQ(schedule.state(start + 60s), SelfTest::Failed);
}

}  // namespace
}  // namespace vivi::pcapd
