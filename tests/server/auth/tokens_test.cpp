// API tokens: their shape, and that they never do more than their scope and their user.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/tokens.hpp"

#include <gtest/gtest.h>

#include "server/auth/cookie.hpp"
#include "server/auth/rights.hpp"

namespace vivi::auth {
namespace {

TEST(Tokens, AreFoundInTheAuthorizationFieldAndNowhereElse) {
    const auto token = new_api_token();
    EXPECT_TRUE(token.starts_with("vivi_"));
    EXPECT_EQ(bearer_in("Bearer " + token), token);
    EXPECT_EQ(bearer_in("bearer " + token), token) << "RFC 9110 section 11.1: the scheme's case means nothing";
    for (const auto& wrong : {token, "Basic " + token, "Bearer" + token, "Bearer  " + token, "Bearer " + token + "x",
                              "Bearer " + token.substr(5), std::string{"Bearer "}, std::string{}})
        EXPECT_EQ(bearer_in(wrong), std::nullopt) << wrong;
    EXPECT_EQ(token_in("__Host-vivi=" + token), std::nullopt) << "a token is no session";
}

TEST(Tokens, OfBigScreensHaveACookieOfTheirOwn) {
    const auto token = new_token();
    EXPECT_EQ(show_token_in("a=b; __Host-vivi-show=" + token), token);
    EXPECT_EQ(show_token_in("__Host-vivi=" + token), std::nullopt);
    EXPECT_EQ(token_in("__Host-vivi-show=" + token), std::nullopt);
    EXPECT_EQ(set_show_cookie(token, Seconds{60}),
              "__Host-vivi-show=" + token + "; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax");
}

TEST(Tokens, NeverDoMoreThanTheirScopeNorTheirUser) {
    const db::Account person{.user = "u",
                             .staff_role = db::StaffRole::Admin,
                             .memberships = {{.organisation = "a", .role = db::Role::Owner},
                                             {.organisation = "b", .event = "e", .role = db::Role::Viewer}}};
    const auto may = [&](db::ApiToken token, Right right, Place place) {
        return auth::may(db::cut_to(person, token), right, place);
    };
    using enum db::TokenScope;
    EXPECT_TRUE(may({.organisation = "a", .scope = Read}, Right::See, {"a"}));
    EXPECT_FALSE(may({.organisation = "a", .scope = Read}, Right::Operate, {"a"}));
    EXPECT_TRUE(may({.organisation = "a", .scope = Operate}, Right::Operate, {"a"}));
    EXPECT_FALSE(may({.organisation = "a", .scope = Operate}, Right::Manage, {"a"}));
    EXPECT_TRUE(may({.organisation = "a", .scope = Manage}, Right::Manage, {"a"}));
    EXPECT_FALSE(may({.organisation = "a", .scope = Manage}, Right::Own, {"a"})) << "no token owns";
    EXPECT_FALSE(may({.organisation = "a", .scope = Manage}, Right::Support, {})) << "no token is staff";
    EXPECT_FALSE(may({.organisation = "a", .scope = Manage}, Right::See, {"b", "e"})) << "another organisation";
    EXPECT_FALSE(may({.organisation = "b", .scope = Manage}, Right::Operate, {"b", "e"})) << "its user may only look";
    EXPECT_TRUE(may({.organisation = "b", .event = "e"}, Right::See, {"b", "e"}));
    EXPECT_TRUE(db::cut_to(person, {.organisation = "b", .event = "f"}).memberships.empty());
    EXPECT_TRUE(may({.organisation = "a", .event = "x", .scope = Manage}, Right::Manage, {"a", "x"}));
    EXPECT_FALSE(may({.organisation = "a", .event = "x", .scope = Manage}, Right::See, {"a", "y"})) << "only that event";
}

}  // namespace
}  // namespace vivi::auth
