// What an event's report says, in lines and in words, and what an anonymous one does not.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/event_report.hpp"

#include <gtest/gtest.h>

namespace vivi::api {
namespace {

constexpr WallTime begin = from_unix_ms(1'795'366'800'000);  // 2026-11-22T17:00:00Z

Report fair() {
    Report report{.event = "=HYPERLINK(\"x\")", .organisation = "Club", .made_at = begin};
    report.data = {
        .routers = 2,
        .devices = 7,
        .bans = 1,
        .policy_changes = 3,
        .hours = {{.at = begin, .bytes_up = 10, .bytes_down = 20, .devices = 5},
                  {.at = begin + std::chrono::hours{2}, .bytes_up = 1'000, .bytes_down = 2'400'000, .devices = 6}},
        .categories = {{.name = "mail", .bytes_up = 1, .bytes_down = 2}, {.name = "", .bytes_up = 0, .bytes_down = 1}},
        .incidents = {{.at = begin, .kind = "dhcp.rogue", .router = "Hall", .subject = "02:00:00:00:00:01", .count = 4}},
        .pools = {{.router = "Hall", .network = "lan", .size = 100, .peak = 42, .peak_at = begin}},
        .notes = {{.at = begin, .text = "Coffee is out"}},
        .from = begin,
        .to = begin + std::chrono::hours{3}};
    return report;
}

TEST(EventReport, HasALineAValue) {
    const auto csv = to_csv(fair());
    EXPECT_TRUE(csv.starts_with("section,what,where,from,until,value,unit\r\n")) << csv;
    EXPECT_NE(
        csv.find(
            "\"event\",\"name\",\"\",\"2026-11-22T17:00:00.000Z\",\"2026-11-22T20:00:00.000Z\",\"'=HYPERLINK(\"\"x\"\")\",\"\""),
        std::string::npos)
        << "no formula: " << csv;
    EXPECT_NE(
        csv.find("\"hour\",\"down\",\"\",\"2026-11-22T19:00:00.000Z\",\"2026-11-22T20:00:00.000Z\",\"2400000\",\"bytes\"\r\n"),
        std::string::npos);
    EXPECT_NE(csv.find("\"pool\",\"lan\",\"Hall\",\"2026-11-22T17:00:00.000Z\",\"\",\"42\",\"addresses at most\""),
              std::string::npos);
    EXPECT_NE(csv.find("\"incident\",\"dhcp.rogue\",\"Hall\",\"2026-11-22T17:00:00.000Z\",\"\",\"4\",\"times\""),
              std::string::npos);
}

TEST(EventReport, IsAnonymousUnlessAskedOtherwise) {
    auto report = fair();
    EXPECT_EQ(to_csv(report).find("02:00:00"), std::string::npos);
    EXPECT_EQ(to_csv(report).find("Coffee"), std::string::npos);
    EXPECT_EQ(to_document(report).tables.size(), 3u);
    report.detail = ReportDetail::Full;
    EXPECT_NE(to_csv(report).find("02:00:00:00:00:01"), std::string::npos);
    const auto document = to_document(report);
    ASSERT_EQ(document.tables.size(), 4u);
    EXPECT_EQ(document.tables[2].rows[0].back(), "02:00:00:00:00:01");
    EXPECT_EQ(document.tables[3].rows[0].back(), "Coffee is out");
}

TEST(EventReport, SpeaksTheReadersLanguageInTheEventsTime) {
    auto report = fair();
    const auto english = to_document(report);
    EXPECT_EQ(english.subtitle, "Club · 2026-11-22 17:00 – 2026-11-22 20:00 (UTC)");
    EXPECT_EQ(english.facts[1].value, "6");
    EXPECT_EQ(english.facts[2].value, "2.4 MB");
    EXPECT_EQ(english.charts[0].values, (std::vector<double>{5, 0, 6})) << "an hour without traffic has its place";
    EXPECT_EQ(english.tables[0].rows[1][0], "everything else");
    EXPECT_EQ(english.tables[2].rows[0][3], "another DHCP server");
    report.language = Language::French;
    const auto french = to_document(report);
    EXPECT_EQ(french.facts[2].value, "2,4 Mo");
    EXPECT_EQ(french.tables[2].rows[0][3], "un autre serveur DHCP");
}

TEST(EventReport, OfNothingIsOneToo) {
    const Report report{.event = "Fair", .made_at = begin};
    EXPECT_TRUE(to_document(report).charts.empty());
    EXPECT_EQ(to_document(report).facts[2].value, "0 B");
    EXPECT_FALSE(to_csv(report).empty());
}

}  // namespace
}  // namespace vivi::api
