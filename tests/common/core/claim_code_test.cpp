// Claim codes: what is made is read again, however it is typed; a wrong character is found.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/claim_code.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace vivi {
namespace {

Bytes bytes(std::initializer_list<int> values) {
    Bytes all;
    for (const auto value : values) all.push_back(static_cast<std::byte>(value));
    return all;
}

TEST(ClaimCode, IsReadAsItWasMade) {
    EXPECT_EQ(make_claim_code(bytes({0, 0, 0, 0, 0, 0, 0})), "00000-00000-0");
    EXPECT_EQ(make_claim_code(bytes({0, 0, 0, 0, 0, 0, 36})), "00000-00014-U") << "36: the last of the check symbols";
    EXPECT_EQ(make_claim_code(bytes({255, 255, 255, 255, 255, 255, 255})).substr(0, 11), "ZZZZZ-ZZZZZ") << "50 bits, no more";
    const auto code = make_claim_code(bytes({1, 35, 69, 103, 137, 171, 205}));
    ASSERT_EQ(code.size(), 13u);
    EXPECT_EQ(parse_claim_code(code), code.substr(0, 5) + code.substr(6, 5));
}

TEST(ClaimCode, IsTypedAsPeopleType) {
    EXPECT_EQ(parse_claim_code("ooooo oooil 33"), std::nullopt) << "one too many";
    EXPECT_EQ(parse_claim_code("ooooo-ooo14-u"), "0000000014");
    EXPECT_EQ(parse_claim_code("OOOOO OOOI4 U"), "0000000014");
    EXPECT_EQ(parse_claim_code("00000-000l4-U"), "0000000014");
}

TEST(ClaimCode, NonsenseIsNone) {
    for (const auto* typed :
         {"", "-", "00000-00000", "00000-00000-1", "00000-0000U-0", "00000-0000!-0", "00000-00000-00", "0000-0"})
        EXPECT_EQ(parse_claim_code(typed), std::nullopt) << typed;
}

TEST(ClaimCode, EveryWrongCharacterAndEverySwapOfNeighboursIsFound) {
    const auto code = make_claim_code(bytes({7, 99, 1, 250, 33, 128, 64}));
    constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i] == '-') continue;
        for (const char other : digits) {
            auto wrong = code;
            wrong[i] = other;
            if (wrong != code) EXPECT_EQ(parse_claim_code(wrong), std::nullopt) << wrong;
        }
        auto swapped = code;
        if (i + 1 < code.size() && code[i + 1] != '-') std::swap(swapped[i], swapped[i + 1]);
        if (swapped != code) EXPECT_EQ(parse_claim_code(swapped), std::nullopt) << swapped;
    }
}

}  // namespace
}  // namespace vivi
