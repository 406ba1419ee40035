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

TEST(GraphqlJson, OfARepeatedKeyTheLastOneWinsHoweverManyThereAre) {
    for (const int others : {0, 5, 8, 100}) {
        std::string text = R"({"a":1)";
        for (int i = 0; i < others; ++i) text += ",\"k" + std::to_string(i) + "\":0";
        text += R"(,"a":2,"b":3,"a":4})";
        const auto value = parse_json(text);
        ASSERT_TRUE(value) << text;
        std::string seen;
        for (const auto& [name, field] : value->fields().items()) {
            if (name == "a" || name == "b") append_json(seen += name, field);
        }
        EXPECT_EQ(seen, "b3a4") << others;
        EXPECT_EQ(value->fields().size(), static_cast<std::size_t>(others) + 2);
    }
}

}  // namespace
}  // namespace vivi::graphql
