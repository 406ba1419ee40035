// Finding the producer of an event without decoding the event.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/record.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vivi::bridged {
namespace {

TEST(BridgedRecord, FindsTheProducerWhereverItStands) {
    const model::Producer expected{.instance = "abc", .number = 7};
    for (const auto* body : {R"({"v":1,"at":5,"from":{"instance":"abc","number":7},"rows":[1,2]})",
                             R"({"rows":[{"from":{"instance":"x","number":1}}],"from":{"number":7,"instance":"abc"}})",
                             R"({"instance":"x","number":3,"from":{"other":{"number":9},"instance":"abc","number":7}})"}) {
        const auto found = find_producer(body);
        ASSERT_TRUE(found) << body;
        EXPECT_EQ(*found, expected) << body;
    }
}

TEST(BridgedRecord, RefusesABodyWithoutOne) {
    for (const auto* body :
         {"", "[]", "7", "{", "null", R"({"from":{}})", R"({"from":{"instance":"a"}})", R"({"from":{"number":1}})",
          R"({"from":{"instance":"a","number":0}})", R"({"from":{"instance":"a","number":-1}})",
          R"({"from":{"instance":"","number":1}})", R"([{"from":{"instance":"a","number":1}}])"})
        EXPECT_FALSE(find_producer(body)) << body;
    EXPECT_FALSE(find_producer(R"({"from":{"number":1,"instance":")" + std::string(65, 'a') + R"("}})"));
}

TEST(BridgedRecord, DeepNestingIsRefusedNotFollowed) { EXPECT_FALSE(find_producer(R"({"a":)" + std::string(100'000, '['))); }

}  // namespace
}  // namespace vivi::bridged
