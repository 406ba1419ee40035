// Cookies, the guard, attempts and passwords.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <set>

#include "server/auth/attempts.hpp"
#include "server/auth/cookie.hpp"
#include "server/auth/guard.hpp"
#include "server/auth/passwords.hpp"
#include "server/auth/rights.hpp"

namespace vivi::auth {
namespace {

TEST(Cookie, IsForThisHostOnlyAndNotForScripts) {
    const auto token = new_token();
    const auto field = set_cookie(token, Seconds{60});
    EXPECT_EQ(field, "__Host-vivi=" + token + "; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict");
    EXPECT_NE(clear_cookie().find("Max-Age=0"), std::string::npos);
}

TEST(Cookie, FindsOurTokenAmongOthers) {
    const auto token = new_token();
    EXPECT_EQ(token_in("a=b; __Host-vivi=" + token + "; c=d"), token);
    EXPECT_EQ(token_in("__Host-vivi=short"), std::nullopt);
    EXPECT_EQ(token_in("x__Host-vivi=" + token), std::nullopt);
    EXPECT_EQ(token_in(""), std::nullopt);
    EXPECT_EQ(token_in(";;;=;"), std::nullopt);
}

TEST(Cookie, TokensDifferAndAreStoredOnlyHashed) {
    std::set<std::string> tokens;
    for (int i = 0; i < 100; ++i) tokens.insert(new_token());
    EXPECT_EQ(tokens.size(), 100u);
    EXPECT_EQ(hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

db::Account member(db::Role role, std::string event = {}) {
    db::Account account;
    account.memberships.push_back({.organisation = "a", .event = std::move(event), .role = role});
    return account;
}
constexpr Right rights_of_a_place[] = {Right::Show, Right::See, Right::Operate, Right::Manage, Right::Personal, Right::Own};

TEST(Rights, RiseWithTheRole) {
    const std::pair<db::Role, std::string_view> rows[] = {{db::Role::Viewer, "110000"},
                                                          {db::Role::Operator, "111000"},
                                                          {db::Role::Organiser, "111110"},
                                                          {db::Role::Owner, "111111"}};
    for (const auto& [role, expected] : rows) {
        std::string given;
        for (const auto right : rights_of_a_place) given += may(member(role), right, {.organisation = "a"}) ? '1' : '0';
        EXPECT_EQ(given, expected);
    }
}

TEST(Rights, EndAtTheirPlace) {
    for (const auto right : rights_of_a_place) EXPECT_FALSE(may(member(db::Role::Owner), right, {.organisation = "b"}));
    EXPECT_TRUE(may(member(db::Role::Owner), Right::Own, {.organisation = "a", .event = "e"})) << "the whole covers its events";
    const auto guest = member(db::Role::Organiser, "e");
    EXPECT_TRUE(may(guest, Right::Manage, {.organisation = "a", .event = "e"}));
    EXPECT_FALSE(may(guest, Right::See, {.organisation = "a", .event = "f"}));
    EXPECT_FALSE(may(guest, Right::See, {.organisation = "a"})) << "an event is not the whole";
    EXPECT_EQ(places(guest, Right::Manage), (std::vector<Place>{{.organisation = "a", .event = "e"}}));
    EXPECT_TRUE(places(guest, Right::Own).empty());
}

TEST(Rights, OfTheStaffAreNotOfMembers) {
    db::Account staff;
    staff.staff_role = db::StaffRole::Operator;
    EXPECT_TRUE(may_somewhere(staff, Right::Support));
    EXPECT_TRUE(may_somewhere(staff, Right::Fleet));
    EXPECT_FALSE(may_somewhere(staff, Right::Release));
    EXPECT_FALSE(may_somewhere(staff, Right::Admin));
    EXPECT_FALSE(may_somewhere(staff, Right::See)) << "staff are in no organisation";
    EXPECT_FALSE(may_somewhere(member(db::Role::Owner), Right::Support));
}

TEST(Guard, APageElsewhereCannotAct) {
    const std::vector<std::string> ours{"https://vivi.example"};
    const auto json = std::string_view{"application/json; charset=utf-8"};
    EXPECT_TRUE(may_act({.origin = "https://vivi.example", .host = "x", .content_type = json}, ours));
    EXPECT_FALSE(may_act({.origin = "https://evil.example", .host = "x", .content_type = json}, ours));
    EXPECT_TRUE(may_act({.origin = "http://127.0.0.1:8080", .host = "127.0.0.1:8080", .content_type = json}, {}));
    EXPECT_FALSE(may_act({.origin = "null", .host = "127.0.0.1:8080", .content_type = json}, {}));
    EXPECT_FALSE(may_act({.origin = "https://vivi.example", .content_type = "text/plain"}, ours)) << "what a form can send";
    EXPECT_FALSE(may_act({.fetch_site = "cross-site", .content_type = json}, ours));
    EXPECT_TRUE(may_act({.fetch_site = "same-origin", .content_type = json}, ours));
    EXPECT_TRUE(may_act({.content_type = json}, ours)) << "not a browser";
}

TEST(Attempts, CountAMinuteFromTheFirst) {
    Attempts attempts{10};
    const Instant start{Seconds{1'000}};
    for (int i = 1; i <= 5; ++i) EXPECT_EQ(attempts.count("ann", start + Seconds{i}), i);
    EXPECT_EQ(attempts.count("bob", start), 1);
    EXPECT_EQ(attempts.count("ann", start + Seconds{62}), 1);
    attempts.forgive("ann");
    EXPECT_EQ(attempts.count("ann", start + Seconds{63}), 1);
}

TEST(Attempts, AtTheBoundNobodyNewComesIn) {
    Attempts attempts{2};
    const Instant start{Seconds{1'000}};
    attempts.count("a", start);
    attempts.count("b", start);
    EXPECT_GT(attempts.count("c", start), 1'000'000);
    EXPECT_EQ(attempts.count("c", start + Seconds{61}), 1);
}

class PasswordsTest : public ::testing::Test {
protected:
    template <class T>
    T run(Task<T> task) {
        net::io_context io;
        std::optional<T> result;
        net::co_spawn(io, std::move(task), [&](std::exception_ptr, T value) { result = std::move(value); });
        io.run();
        return *std::move(result);
    }
    Passwords passwords{1, 4};
};

TEST_F(PasswordsTest, AreArgon2idWithAtLeast19MebibytesAndTwoPasses) {
    const auto hash = hash_password("correct horse");
    ASSERT_TRUE(hash);
    EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hash;
    EXPECT_EQ(run(passwords.verify(*hash, "correct horse")), Verdict::Right);
    EXPECT_EQ(run(passwords.verify(*hash, "wrong horse")), Verdict::Wrong);
    EXPECT_EQ(run(passwords.verify("", "nobody has this password")), Verdict::Wrong) << "not even with the stand-in's password";
    EXPECT_EQ(run(passwords.verify("not a hash", "x")), Verdict::Wrong);
    EXPECT_EQ(run(passwords.verify(*hash, std::string(1'000, 'x'))), Verdict::Wrong);
}

TEST_F(PasswordsTest, HaveABound) {
    EXPECT_FALSE(hash_password("short"));
    EXPECT_FALSE(hash_password(std::string(257, 'x')));
}

}  // namespace
}  // namespace vivi::auth
