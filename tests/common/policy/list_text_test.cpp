// The report of a list in words.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/list_text.hpp"

#include <gtest/gtest.h>

namespace vivi::policy {
namespace {

TEST(ListText, SaysWhatBecameOfAListAndOfItsFirstBadLines) {
    const auto text =
        describe_list("||a.org^\n||a.org^\n||b.org^$popup\nc.org##.ad\n||d d.org^\n", "ads.txt", ListFormat::Adguard);
    ASSERT_TRUE(text);
    EXPECT_EQ(*text,
              "ads.txt (adguard): 5 lines\n"
              "  accepted     1\n"
              "  duplicates   1\n"
              "  unsupported  2\n"
              "  invalid      1\n"
              "  line 3: depends on more than the name: popup: ||b.org^$popup\n"
              "  line 4: a rule for the inside of pages: c.org##.ad\n"
              "  line 5: not a domain name: ||d d.org^\n");
}

TEST(ListText, SaysHowManyLinesAreNotShown) {
    ListReport report{.lines = 500, .unsupported = 300, .invalid = 7};
    report.examples.assign(100, {.line = 1, .text = "/x/", .reason = "a regular expression"});
    const auto text = render(report, "x", ListFormat::V2fly, 2);
    EXPECT_TRUE(text.ends_with("  line 1: a regular expression: /x/\n  and 305 more\n")) << text;
}

TEST(ListText, GuessesTheFormatOrSaysThatItCannot) {
    EXPECT_TRUE(describe_list("0.0.0.0 a.org\n", "x", std::nullopt)->starts_with("x (hosts): 1 lines\n"));
    const auto nothing = describe_list("What is this?\n", "letter.txt", std::nullopt);
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().detail, "letter.txt: its format cannot be guessed; say which one it is");
}

}  // namespace
}  // namespace vivi::policy
