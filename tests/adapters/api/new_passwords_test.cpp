// New passwords: by a mailed link, and by the current one; what they end.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class NewPasswordsTest : public Api {
protected:
    Site site = make_site("new-passwords");
    std::string email = make_user(site, "owner");

    Json mutate(api::Call& call, const std::string& name, const std::string& type, const Json& input) {
        const auto query = "mutation ($i: " + type + "!) { " + name + "(input: $i) { errors { code field } } }";
        return payload_of(ask(call, query, {{"i", input}}), name)["errors"];
    }
    Json request(const std::string& whose) {
        return mutate(*stranger(), "requestPasswordReset", "RequestPasswordResetInput", {{"email", whose}, {"language", "FR"}});
    }
    Json reset(const std::string& token, const std::string& to) {
        return mutate(*stranger(), "resetPassword", "ResetPasswordInput", {{"token", token}, {"password", to}});
    }
    std::string mailed_token(std::size_t count) {
        const auto text = sink.wait_for(count).text();
        const std::string start = "https://dash.example/#/reset/";
        const auto at = text.find(start);
        return at == std::string::npos ? text : text.substr(at + start.size(), 43);
    }
    bool signs_in(const std::string& word) {
        return run(logins.login({.email = email, .password = word, .address = "192.0.2.9"})).has_value();
    }
    static constexpr const char* fresh = "seven small boats";
};

TEST_F(NewPasswordsTest, AMailedLinkGivesOneOnceAndEndsEverySession) {
    const auto before = sign_in(email);
    EXPECT_EQ(request("Owner" + email.substr(5)), Json::array()) << "however it is written";
    const auto token = mailed_token(1);
    EXPECT_EQ(reset(token, "password1")[0]["code"], "BAD_PASSWORD");
    EXPECT_EQ(reset(token, fresh), Json::array()) << "the link was still good";
    EXPECT_EQ(sink.wait_for(2).to, email) << "and its owner hears of it";
    EXPECT_EQ(run(logins.find(before->token)).error().code, Code::NotFound);
    EXPECT_TRUE(signs_in(fresh));
    EXPECT_FALSE(signs_in(password));
    EXPECT_EQ(reset(token, "another small boat")[0]["code"], "NOT_FOUND");
    EXPECT_EQ(number("select count(*) from audit_log where action = 'password.reset' and user_id = (select id from users where"
                     " email = '" +
                     email + "')"),
              "1");
}

TEST_F(NewPasswordsTest, NobodyLearnsWhoHasAnAccount) {
    EXPECT_EQ(request("nobody@" + site.organisation + ".example"), Json::array());
    EXPECT_EQ(request(email), Json::array());
    EXPECT_EQ(sink.wait_for(1).to, email) << "and nobody else is written to";
    EXPECT_EQ(
        number("select count(*) from mailed_proofs where encode(token_hash, 'hex') = '" + auth::hash_of(mailed_token(1)) + "'"),
        "1")
        << "only its hash is kept";
}

TEST_F(NewPasswordsTest, ANewerLinkEndsTheOlderAndAnHourEndsBoth) {
    request(email);
    const auto first = mailed_token(1);
    request(email);
    const auto second = mailed_token(2);
    EXPECT_EQ(reset(first, fresh)[0]["code"], "NOT_FOUND");
    postgres().sql("update mailed_proofs set expires_at = now() where encode(token_hash, 'hex') = '" + auth::hash_of(second) +
                   "'");
    EXPECT_EQ(reset(second, fresh)[0]["code"], "NOT_FOUND");
    EXPECT_TRUE(signs_in(password));
}

TEST_F(NewPasswordsTest, TriesAreCounted) {
    Json last;
    for (int i = 0; i < 6; ++i) last = request(email);
    EXPECT_EQ(last[0]["code"], "TOO_MANY_ATTEMPTS");
}

TEST_F(NewPasswordsTest, WhoKnowsTheOldOneChangesItAndStaysSignedIn) {
    const auto here = sign_in(email), there = sign_in(email);
    const auto change = [&](const std::string& current, const std::string& to) {
        return mutate(*here, "changePassword", "ChangePasswordInput", {{"currentPassword", current}, {"newPassword", to}});
    };
    EXPECT_EQ(change("not this one", fresh)[0]["code"], "WRONG_CREDENTIALS");
    EXPECT_EQ(change(password, email)[0]["code"], "BAD_PASSWORD");
    EXPECT_TRUE(run(logins.find(there->token)));
    EXPECT_EQ(change(password, fresh), Json::array());
    EXPECT_TRUE(run(logins.find(here->token)));
    EXPECT_EQ(run(logins.find(there->token)).error().code, Code::NotFound);
    EXPECT_TRUE(signs_in(fresh));
    EXPECT_EQ(mutate(*stranger(), "changePassword", "ChangePasswordInput",
                     {{"currentPassword", fresh}, {"newPassword", password}})[0]["code"],
              "UNAUTHENTICATED");
}

}  // namespace
}  // namespace vivi::test
