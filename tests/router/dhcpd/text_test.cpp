// What strangers call themselves.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/text.hpp"

#include <gmock/gmock.h>

namespace vivi::dhcpd {
namespace {

TEST(DhcpdText, CleansHostNames) {
    EXPECT_EQ(clean_hostname("pixel-8"), "pixel-8");
    EXPECT_EQ(clean_hostname("Anna's iPhone"), "Annas-iPhone");
    EXPECT_EQ(clean_hostname("DESKTOP_01"), "DESKTOP-01");
    EXPECT_EQ(clean_hostname("a..b."), "a.b");
    EXPECT_EQ(clean_hostname("-a-.-b-"), "a.b");
    EXPECT_EQ(clean_hostname("<script>alert(1)</script>"), "scriptalert1script");
    EXPECT_EQ(clean_hostname(std::string_view{"nul\0nul", 7}), "nulnul");
    EXPECT_EQ(clean_hostname("caf\xc3\xa9"), "caf");
}

TEST(DhcpdText, IsEmptyWhenNothingIsLeft) {
    for (const auto* rubbish : {"", "___", "---", "$$^&*", ".", "...", "\xff\xfe", "- - -", "_-_._-_"})
        EXPECT_EQ(clean_hostname(rubbish), "");
}

TEST(DhcpdText, KeepsToTheLengthsOfNames) {
    EXPECT_EQ(clean_hostname(std::string(63, 'a')).size(), 63U);
    EXPECT_EQ(clean_hostname(std::string(64, 'a')).size(), 63U);
    const auto label = std::string(50, 'a') + ".";
    std::string many;
    for (int i = 0; i < 10; ++i) many += label;
    EXPECT_LE(clean_hostname(many).size(), 253U);
    EXPECT_LE(clean_hostname(std::string(65535, '.')).size(), 0U);
}

TEST(DhcpdText, SurvivesEveryByte) {
    for (int byte = 0; byte < 256; ++byte) {
        const auto name = clean_hostname(std::string(3, static_cast<char>(byte)));
        EXPECT_TRUE(name.empty() || name.size() == 3) << byte;
    }
}

TEST(DhcpdText, KeepsPrintableTextOnly) {
    EXPECT_EQ(clean_text("MSFT 5.0"), "MSFT 5.0");
    EXPECT_EQ(clean_text("a\nb\x1b[31mc\xff"), "ab[31mc");
    EXPECT_EQ(clean_text(std::string(200, 'x')).size(), 64U);
}

}  // namespace
}  // namespace vivi::dhcpd
