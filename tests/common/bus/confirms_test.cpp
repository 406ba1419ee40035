// The broker's answers come in any order; a batch is held when none is missing and none was a refusal.
// SPDX-License-Identifier: Apache-2.0
#include "common/bus/confirms.hpp"

#include <gmock/gmock.h>

namespace vivi::bus {
namespace {

Confirms after_sending(int messages) {
    Confirms confirms;
    for (int i = 0; i < messages; ++i) confirms.sent();
    return confirms;
}

TEST(Confirms, OneAnswerMayBeForManyMessages) {
    auto confirms = after_sending(3);
    confirms.acknowledged(2, /*multiple=*/true);
    EXPECT_FALSE(confirms.all_answered());
    confirms.acknowledged(3, /*multiple=*/false);
    EXPECT_TRUE(confirms.all_answered());
    EXPECT_FALSE(confirms.take_refused());
}

TEST(Confirms, AnswersComeInAnyOrder) {
    auto confirms = after_sending(3);
    confirms.acknowledged(3, false);
    confirms.acknowledged(1, false);
    EXPECT_FALSE(confirms.all_answered());
    confirms.acknowledged(2, false);
    EXPECT_TRUE(confirms.all_answered());
}

TEST(Confirms, OneRefusalIsRememberedUntilAsked) {
    auto confirms = after_sending(2);
    confirms.refused(1, false);
    confirms.acknowledged(2, true);
    EXPECT_TRUE(confirms.all_answered());
    EXPECT_TRUE(confirms.take_refused());
    EXPECT_FALSE(confirms.take_refused());
}

TEST(Confirms, ARefusalOfWhatWasAnsweredAlreadyIsNone) {
    auto confirms = after_sending(1);
    confirms.acknowledged(1, false);
    confirms.refused(1, false);
    confirms.refused(1, true);
    EXPECT_FALSE(confirms.take_refused());
}

TEST(Tags, NeverRepeatAcrossConnections) {
    Tags tags;
    tags.reconnected();
    EXPECT_EQ(tags.give(1), 1U);
    EXPECT_EQ(tags.give(2), 2U);
    EXPECT_EQ(tags.to_broker(2), 2U);
    tags.reconnected();
    EXPECT_EQ(tags.to_broker(2), 0U) << "of the old connection: the broker delivers it again";
    EXPECT_EQ(tags.give(1), 3U);
    EXPECT_EQ(tags.to_broker(3), 1U);
    EXPECT_EQ(tags.to_broker(4), 0U) << "never given out";
}

}  // namespace
}  // namespace vivi::bus
