// Events as they go by: the same values and the same words as from a document, whatever is done to the text.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/streamed.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

#include "tests/common/model/same_as_document.hpp"

namespace vivi::model {
namespace {

const std::string envelope = R"({"v":1,"at":1795370402123,"from":{"instance":"ab","number":7},)";
const std::string traffic_row =
    R"({"device":"02:00:00:00:00:01","name":"a.example","source":"dns","bytes_up":1,"bytes_down":22,"packets_up":1,"packets_down":2})";
const std::string hit =
    R"({"device":"02:00:00:00:00:01","name":"a.example","layer":"event_deny","rule":"domain a.example","hits":3})";

std::string traffic(const std::string& rows) {
    return envelope + R"("tick_ms":250,"captured":5,"dropped":1,"rows":)" + rows + "}";
}

const std::array events{
    traffic("[" + traffic_row + "," + traffic_row + "]"),
    envelope + R"("lease":{"device":"02:00:00:00:00:01","address":"10.0.0.5","network":"lan","hostname":"phone","client_id":"",)"
               R"("vendor_class":"","duration_seconds":60,"granted_at":1000,"expires_at":2000}})",
    envelope +
        R"("tick_ms":250,"folded":0,"rows":[{"device":"02:00:00:00:00:01","name":"a","queries":2},{"name":"b","queries":3}]})",
    envelope + R"("tick_ms":250,"revision":3,"by":"dnsd","folded":0,"rows":[)" + hit + "," + hit + "]}",
    envelope + R"("interface":"lan","device":"02:00:00:00:00:01","router":"fe80::1"})",
    envelope + R"("state":"repaired","detail":"a \"quoted\" \u00e9 detail"})",
};

Result<TrafficBatch> read_traffic(std::string_view text) {
    EventReader reader;
    RowsOf<TrafficRow> rows{read_traffic_row};
    if (auto read = reader.read(text, traffic_batch_shape, &rows); !read) return std::unexpected{read.error()};
    return streamed_traffic_batch(reader.body(), rows);
}

std::string nested(std::size_t lists, const std::string& inmost) {
    return std::string(lists, '[') + inmost + std::string(lists, ']');
}

TEST(Streamed, ReadsWhatADocumentHolds) {
    EventReader reader;
    for (const auto& text : events) EXPECT_EQ(test::difference_to_document(reader, text), "") << text;
    const auto batch = read_traffic(events[0]);
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->rows.size(), 2u);
    EXPECT_EQ(batch->rows[1].bytes_down, 22u);
    EXPECT_EQ(batch->captured, 5u);
}

TEST(Streamed, OfTwoMembersOfOneNameTheLastCounts) {
    const auto twice = [](const std::string& first, const std::string& second) {
        return traffic(first + R"(,"rows":)" + second);
    };
    EXPECT_EQ(read_traffic(twice("[1]", "[" + traffic_row + "]"))->rows.size(), 1u);
    EXPECT_EQ(read_traffic(twice("[" + traffic_row + "]", "[]"))->rows.size(), 0u);
    EXPECT_EQ(read_traffic(twice("[" + traffic_row + "]", "{}")).error().detail, "/rows: must be a list");
}

TEST(Streamed, AListWrongInOnePlaceIsWrong) {
    EXPECT_EQ(read_traffic(traffic("[" + traffic_row + ",7]")).error().detail, "/rows/1: must be an object");
    EXPECT_EQ(read_traffic(traffic("[[" + traffic_row + "]]")).error().detail, "/rows/0: must be an object");
}

TEST(Streamed, DepthAndSizeAreBounded) {
    EventReader reader;
    EXPECT_TRUE(reader.read(nested(33, ""), {}));
    EXPECT_EQ(reader.read(nested(33, "1"), {}).error().detail, "JSON: nested deeper than 32");
    EXPECT_EQ(reader.read(nested(34, ""), {}).error().detail, "JSON: nested deeper than 32");
    EXPECT_EQ(reader.read(std::string(500'000, '['), {}).error().detail, "JSON: nested deeper than 32");
    EXPECT_EQ(reader.read(std::string(most_json_bytes + 1, ' '), {}).error().code, Code::Overflow);
    for (const std::size_t depth : {32u, 33u, 34u})
        for (const auto* inmost : {"", "1", "{}", R"({"a":1})", "!"})
            EXPECT_EQ(test::difference_to_document(reader, nested(depth, inmost)), "") << depth << inmost;
}

/// Pieces that hurt where they land: types, numbers at their limits, members said twice, broken text.
constexpr std::array pieces{"null",
                            "true",
                            "-1",
                            "-0",
                            "1.0",
                            "1e999",
                            "01",
                            "18446744073709551615",
                            "9223372036854775807",
                            "-9223372036854775809",
                            "[]",
                            "{}",
                            "[[1]]",
                            "{\"a\":{}}",
                            "\"\"",
                            "\"\\u0000\"",
                            "\"\\ud800\"",
                            "\"rows\":[],",
                            "\"rows\":5,",
                            "\"rows\":[{}],",
                            "\"lease\":1,",
                            "\"lease\":{},",
                            "\"from\":1,",
                            "\"v\":1.0,",
                            "\"v\":2,",
                            "\"at\":\"x\",",
                            "\"device\":7,",
                            "\"name\":\"b\",",
                            "{",
                            "}",
                            "[",
                            "]",
                            ",",
                            ":",
                            "\"",
                            "\xff",
                            "\xef\xbb\xbf",
                            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                            "]]]]]]]]]]]]]]]"};

void mutate(std::string& text, std::mt19937& random) {
    const std::string piece = pieces.at(random() % pieces.size());
    const auto at = text.empty() ? 0 : random() % text.size();
    const auto value = text.find(':', at);
    const auto end = value == std::string::npos ? value : text.find_first_of(",}", value);
    switch (random() % 4) {
        case 0: text.insert(at, piece); break;
        case 1: text.erase(at, 1 + random() % 5); break;
        case 2: text.replace(at, 1, 1, static_cast<char>(random() % 256)); break;
        default:
            if (end != std::string::npos) text.replace(value + 1, end - value - 1, piece);
    }
}

TEST(Streamed, SaysOfMutatedEventsWhatADocumentSays) {
    std::mt19937 random{1};
    EventReader reader;
    std::size_t read = 0;
    for (int run = 0; run < 20'000; ++run) {
        auto text = events.at(random() % events.size());
        for (auto left = random() % 4; left > 0; --left) mutate(text, random);
        ASSERT_EQ(test::difference_to_document(reader, text), "") << text;
        read += reader.read(text, {}).has_value() ? 1u : 0u;
    }
    EXPECT_GT(read, 4'000u) << "enough of them must still be JSON";
    EXPECT_LT(read, 16'000u);
}

}  // namespace
}  // namespace vivi::model
