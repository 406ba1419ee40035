// Events kept until the broker has them: numbers, order, and the bound.
// SPDX-License-Identifier: Apache-2.0
#include "router/state/outgoing_events.hpp"

#include <gmock/gmock.h>

namespace vivi::state {
namespace {

model::Json body(const bus::Message& message) { return *model::parse_json(message.body); }

TEST(OutgoingEvents, NumbersEachOnceAndSendsTheSameBytesAgain) {
    OutgoingEvents events{"me"};
    EXPECT_TRUE(events.next().empty());
    events.add("domain.seen", {{"tick_ms", 1}}, from_unix_ms(5));
    events.add("config.applied", model::Json::object(), from_unix_ms(6));
    const auto first = events.next();
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].topic, "domain.seen");
    EXPECT_EQ(body(first[0]), *model::parse_json(R"({"v":1,"at":5,"from":{"instance":"me","number":1},"tick_ms":1})"));
    EXPECT_EQ(body(first[1]), *model::parse_json(R"({"v":1,"at":6,"from":{"instance":"me","number":2}})"));

    events.add("domain.seen", {{"tick_ms", 2}}, from_unix_ms(7));
    const auto& again = events.next();
    ASSERT_EQ(again.size(), 2U) << "not confirmed";
    EXPECT_EQ(again[0].body, first[0].body);
    events.confirmed();
    EXPECT_EQ(body(events.next().at(0))["from"]["number"], 3);
    events.confirmed();
    EXPECT_TRUE(events.is_empty());
}

TEST(OutgoingEvents, DropsTheOldestAtTheBoundAndLeavesNoHoleInTheNumbers) {
    OutgoingEvents events{"me", {.events = 2}};
    for (int i = 1; i <= 4; ++i) events.add("policy.hit", {{"i", i}}, from_unix_ms(i));
    EXPECT_EQ(events.dropped(), 2U);
    EXPECT_EQ(events.waiting(), 2U);
    EXPECT_EQ(body(events.next().at(0))["i"], 3);
    EXPECT_EQ(body(events.next().at(0))["from"]["number"], 1);

    OutgoingEvents small{"me", {.bytes = 100}};
    for (int i = 0; i < 3; ++i) small.add("policy.hit", {{"text", std::string(60, 'x')}}, from_unix_ms(i));
    EXPECT_EQ(small.waiting(), 1U);
    EXPECT_EQ(small.dropped(), 2U);
}

TEST(OutgoingEvents, SendsSomeAtOnce) {
    OutgoingEvents events{"me", {.at_once = 3}};
    for (int i = 0; i < 5; ++i) events.add("policy.hit", {{"i", i}}, from_unix_ms(i));
    EXPECT_EQ(events.next().size(), 3U);
    events.confirmed();
    EXPECT_EQ(events.next().size(), 2U);
}

}  // namespace
}  // namespace vivi::state
