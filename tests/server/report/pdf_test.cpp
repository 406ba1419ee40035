// Documents become pages: always a PDF, as many pages as it takes, the same for the same document.
// SPDX-License-Identifier: Apache-2.0
#include "server/report/pdf.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace vivi::report {
namespace {

Document fair() {
    return {.title = "Fair",
            .subtitle = "Pixel Party · 2026-11-25",
            .author = "Pixel Party",
            .footer = "Made by Vivi.",
            .made_at = from_unix_ms(1'795'370'402'123),
            .facts = {{"1,200", "devices"}, {"1.4 TB", "received"}},
            .charts = {{.title = "Devices", .highest = "800", .from = "a", .to = "b", .values = {1, 4, 0, 800}}},
            .tables = {{.title = "Incidents", .empty = "None.", .columns = {{"At", 1}, {"What", 3}}}}};
}

std::ptrdiff_t pages(const std::string& pdf) {
    static const std::regex page{R"(/Type /Page[^s])"};
    return std::distance(std::sregex_iterator{pdf.begin(), pdf.end(), page}, {});
}

TEST(Pdf, IsOneOfOnePage) {
    const auto pdf = to_pdf(fair());
    ASSERT_TRUE(pdf) << pdf.error().detail;
    EXPECT_TRUE(pdf->starts_with("%PDF-1."));
    EXPECT_EQ(pages(*pdf), 1);
    EXPECT_EQ(*to_pdf(fair()), *pdf) << "the same document, the same bytes";
    EXPECT_NE(pdf->find("/Title (Fair)"), std::string::npos);
}

TEST(Pdf, ALongTableGoesOnOnMorePages) {
    auto document = fair();
    for (int i = 0; i < 120; ++i) document.tables[0].rows.push_back({std::to_string(i), "something"});
    const auto pdf = to_pdf(document);
    ASSERT_TRUE(pdf);
    EXPECT_EQ(pages(*pdf), 3);
}

TEST(Pdf, TakesAnyText) {
    auto document = fair();
    document.title = "Fête d'été 夏祭り عيد \xff\xfe <b>&amp;";
    document.tables[0].rows = {{std::string(5'000, 'x')}, {"", std::string{"a\0b\n", 4}, "one too many"}};
    document.facts.assign(9, {"12", "facts"});
    document.charts[0].values.assign(2'000, 1);
    document.charts.push_back({.title = "Nothing"});
    const auto pdf = to_pdf(document);
    ASSERT_TRUE(pdf) << pdf.error().detail;
    EXPECT_GE(pages(*pdf), 1);
}

TEST(Pdf, NothingIsAPageToo) {
    const auto pdf = to_pdf({});
    ASSERT_TRUE(pdf);
    EXPECT_EQ(pages(*pdf), 1);
}

}  // namespace
}  // namespace vivi::report

/// fontconfig keeps what it read of its configuration until the process ends, and does not give it back.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig"; }
