// What a new password may be.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/password_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace vivi::auth {
namespace {

bool is_good(const std::string& password) {
    return check_new_password(password, "gwendolyn@example.org", "Gwen Stacey").has_value();
}

TEST(PasswordRules, AskForLengthAndNothingElse) {
    EXPECT_FALSE(is_good("vx3-k9z"));
    EXPECT_TRUE(is_good("vx3-k9zq"));
    EXPECT_TRUE(is_good("nur kleine buchstaben hier"));
    EXPECT_TRUE(is_good("éèàùçôîï")) << "eight characters";
    EXPECT_TRUE(is_good(std::string(30, 'x') + " and " + std::string(30, 'y'))) << "64 and more are allowed";
    EXPECT_FALSE(is_good(std::string(200, 'x') + " " + std::string(100, 'y')));
}

TEST(PasswordRules, RefuseWhatIsTriedFirst) {
    for (const auto* common :
         {"password", "Password", "PASSWORD1", "password2024!", "iloveyou", "football", "dragon99", "sunshine!!", "12345678",
          "87654321", "1234567890", "aaaaaaaa", "abcdefgh", "qwertyui", "azertyuiop", "qwerty123", "1qaz2wsx", "vivi2026"})
        EXPECT_FALSE(is_good(common)) << common;
    EXPECT_TRUE(is_good("dragon of the lake")) << "only the word alone, or with an ending";
}

TEST(PasswordRules, RefuseOnesOwnNameAndMailbox) {
    for (const auto* own : {"gwendolyn", "Gwendolyn1", "gwendolyn@example.org", "gwen stacey"}) EXPECT_FALSE(is_good(own)) << own;
}

TEST(PasswordRules, HaveTheWholeList) {
    const auto list = common_passwords();
    EXPECT_GE(std::ranges::count(list, '\n'), 3'500);
}

}  // namespace
}  // namespace vivi::auth
