// Sessions: where one is signed in, ending them, and proving again who one is before something dangerous.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/step_up.hpp"
#include "server/auth/cookie.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* all_sessions = "{ sessions { id address userAgent createdAt lastSeenAt expiresAt isCurrent } }";
constexpr const char* revoke = "mutation ($id: ID!) { revokeSession(id: $id) { sessions { id } errors { code field } } }";
constexpr const char* step_up = "mutation ($password: String!) { stepUp(input: {password: $password}) { errors { code } } }";

class SessionsTest : public Api {
protected:
    Site site = make_site("sessions");
    std::string email = make_user(site, "owner");

    bool is_stepped_up(api::Call& call) {
        const auto allowed = run(api::require_step_up(call));
        if (!allowed) EXPECT_EQ(allowed.error().code, "STEP_UP_REQUIRED");
        return allowed.has_value();
    }
    /// Lets `interval` pass for the session of `call`.
    void age(const api::Call& call, const std::string& column, const std::string& interval) {
        postgres().sql("update sessions set " + column + " = now() - interval '" + interval +
                       "' where encode(token_hash, 'hex') = '" + auth::hash_of(call.token) + "'");
    }
};

TEST_F(SessionsTest, AreListedAndEndedByTheirOwnerOnly) {
    auto here = sign_in(email);
    auto there = sign_in(email);
    const auto listed = ask(*here, all_sessions)["data"]["sessions"];
    ASSERT_EQ(listed.size(), 2u) << listed;
    EXPECT_EQ(listed[0]["address"], "192.0.2.1");
    const auto other = listed[0]["isCurrent"] == true ? 1u : 0u;
    EXPECT_NE(listed[0]["isCurrent"], listed[1]["isCurrent"]);

    auto stranger_there = sign_in(make_user(make_site("elsewhere"), "owner"));
    EXPECT_EQ(ask(*stranger_there, revoke, {{"id", listed[other]["id"]}})["data"]["revokeSession"]["errors"][0]["code"],
              "NOT_FOUND");
    EXPECT_TRUE(run(logins.find(there->token)));
    const auto left = ask(*here, revoke, {{"id", listed[other]["id"]}})["data"]["revokeSession"];
    EXPECT_EQ(left["sessions"].size(), 1u) << left;
    EXPECT_EQ(run(logins.find(there->token)).error().code, Code::NotFound);
    EXPECT_TRUE(run(logins.find(here->token)));
    EXPECT_EQ(code_of(ask(*stranger(), all_sessions)), "UNAUTHENTICATED");
}

TEST_F(SessionsTest, EndAllButThisOne) {
    auto here = sign_in(email);
    auto there = sign_in(email);
    const auto left = ask(*here, "mutation { revokeOtherSessions { sessions { isCurrent } } }")["data"]["revokeOtherSessions"];
    ASSERT_EQ(left["sessions"].size(), 1u) << left;
    EXPECT_EQ(left["sessions"][0]["isCurrent"], true);
    EXPECT_EQ(run(logins.find(there->token)).error().code, Code::NotFound);
}

TEST_F(SessionsTest, OfTheStaffEndWhenTheyAreIdleOrOld) {
    auto member = sign_in(email);
    age(*member, "last_seen_at", "2 hours");
    EXPECT_TRUE(run(logins.find(member->token)));

    const auto staff_email = make_user(site, "viewer");
    postgres().sql("update users set staff_role = 'support' where email = '" + staff_email + "'");
    auto staff = sign_in(staff_email);
    EXPECT_TRUE(run(logins.find(staff->token)));
    age(*staff, "last_seen_at", "31 minutes");
    EXPECT_EQ(run(logins.find(staff->token)).error().code, Code::NotFound);
    staff = sign_in(staff_email);
    age(*staff, "created_at", "481 minutes");
    EXPECT_EQ(run(logins.find(staff->token)).error().code, Code::NotFound);
}

TEST_F(SessionsTest, StepUpLastsFiveMinutes) {
    auto call = sign_in(email);
    EXPECT_TRUE(is_stepped_up(*call)) << "the password was given just now";
    age(*call, "stepped_up_at", "301 seconds");
    EXPECT_FALSE(is_stepped_up(*call));
    const auto refused = ask(*call, step_up, {{"password", "wrong password"}})["data"]["stepUp"];
    EXPECT_EQ(refused["errors"][0]["code"], "WRONG_CREDENTIALS") << refused;
    EXPECT_FALSE(is_stepped_up(*call));
    EXPECT_TRUE(ask(*call, step_up, {{"password", password}})["data"]["stepUp"]["errors"].empty());
    EXPECT_TRUE(is_stepped_up(*call));
    call->token.clear();
    EXPECT_FALSE(is_stepped_up(*call)) << "a caller without a session";
    call->account.reset();
    EXPECT_EQ(run(api::require_step_up(*call)).error().code, "UNAUTHENTICATED");
}

TEST_F(SessionsTest, StepUpIsThrottled) {
    auto call = sign_in(email);
    std::string aliases = "mutation {";
    for (int i = 0; i < 7; ++i)
        aliases += " a" + std::to_string(i) + R"(: stepUp(input: {password: "guess-number"}) { errors { code } })";
    const auto answer = ask(*call, aliases + " }")["data"];
    EXPECT_EQ(answer["a4"]["errors"][0]["code"], "WRONG_CREDENTIALS") << answer;
    EXPECT_EQ(answer["a5"]["errors"][0]["code"], "TOO_MANY_ATTEMPTS");
}

}  // namespace
}  // namespace vivi::test
