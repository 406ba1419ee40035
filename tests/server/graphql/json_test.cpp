// JSON strings: every octet at every place is written so that any reader gets it back.
// SPDX-License-Identifier: Apache-2.0
#include "server/graphql/json.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace vivi::graphql {
namespace {

std::string written(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST(GraphqlJson, EveryOctetAtEveryPlaceReadsBackTheSame) {
    for (std::size_t length = 1; length <= 20; ++length) {
        for (std::size_t place = 0; place < length; ++place) {
            for (int octet = 0; octet < 0x80; ++octet) {
                std::string text(length, 'x');
                text[place] = static_cast<char>(octet);
                ASSERT_EQ(nlohmann::json::parse(written(text)).get<std::string>(), text)
                    << length << " " << place << " " << octet;
            }
        }
    }
}

TEST(GraphqlJson, WhatIsNotUtf8IsReplacedWhereverItStands) {
    for (std::size_t place = 0; place < 17; ++place) {
        for (int octet = 0x80; octet < 0x100; ++octet) {
            std::string text(17, 'x');
            text[place] = static_cast<char>(octet);
            const auto read = nlohmann::json::parse(written(text)).get<std::string>();
            ASSERT_EQ(read, text.substr(0, place) + "\xef\xbf\xbd" + text.substr(place + 1));
        }
    }
    EXPECT_EQ(written("Z\xc3\xbcrich, caf\xc3\xa9 \xf0\x9f\x8e\xb8"), "\"Z\xc3\xbcrich, caf\xc3\xa9 \xf0\x9f\x8e\xb8\"");
}

}  // namespace
}  // namespace vivi::graphql
