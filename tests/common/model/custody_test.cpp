// Codes, wishes and receipts as JSON, there and back, and what is refused.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/custody.hpp"

#include <gmock/gmock.h>

namespace vivi::model {
namespace {

constexpr const char* custody = "0b8e4a52-6f0c-4c8e-9a51-0d4b6a3f7e21";

TEST(Custody, NotesComeBackAsTheyWere) {
    const ShownCode code{.code = "7ZK4T-9QH2M-R", .expires_at = from_unix_ms(1'795'370'402'123)};
    EXPECT_EQ(parse_shown_code(to_json(code)).value(), code);
    const ReturnWish wish{.custody = custody, .by = "server", .at = from_unix_ms(5)};
    EXPECT_EQ(parse_return_wish(to_json(wish)).value(), wish);
    const Receipt receipt{.custody = custody,
                          .by = "router",
                          .at = from_unix_ms(7),
                          .outbox_entries = 1,
                          .leases = 2,
                          .keys = 3,
                          .files = 4,
                          .messages = 5};
    EXPECT_EQ(parse_receipt(to_json(receipt)).value(), receipt);
}

TEST(Custody, WhatIsNoNoteIsRefused) {
    EXPECT_FALSE(parse_return_wish(Json::parse(R"({"custody":"../../etc","by":"server","at":1})")));
    EXPECT_FALSE(parse_return_wish(Json::parse(R"({"custody":"","by":"somebody","at":1})")));
    EXPECT_FALSE(parse_return_wish(Json::parse(R"([])")));
    EXPECT_FALSE(parse_shown_code(Json::parse(R"({"code":7,"expires_at":1})")));
    EXPECT_FALSE(parse_shown_code(Json{{"code", std::string(21, 'A')}, {"expires_at", 1}}));
    EXPECT_FALSE(parse_receipt(Json::parse(R"({"custody":"","by":"server","at":1,"wiped":{"keys":-1}})")));
}

}  // namespace
}  // namespace vivi::model
