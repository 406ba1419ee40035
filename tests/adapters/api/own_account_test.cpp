// One's own account: name and language, an e-mail that changes only when the new mailbox is proven, letters in one's language.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class OwnAccount : public Api {
protected:
    Site site = make_site("own-account");
    std::string email = make_user(site, "viewer");
    std::string other = "new@" + site.organisation + ".example";
    std::unique_ptr<api::Call> call = sign_in(email);

    Json mutate(api::Call& who, const std::string& name, const std::string& type, const Json& input,
                const std::string& more = "") {
        const auto query = "mutation ($i: " + type + "!) { " + name + "(input: $i) { " + more + " errors { code field } } }";
        return payload_of(ask(who, query, {{"i", input}}), name);
    }
    Json change(const std::string& to) { return mutate(*call, "changeEmail", "ChangeEmailInput", {{"email", to}})["errors"]; }
    Json confirm(const std::string& token) {
        return mutate(*stranger(), "confirmEmail", "ConfirmEmailInput", {{"token", token}})["errors"];
    }
    std::string mailed_token(std::size_t count) {
        const auto text = sink.wait_for(count).text();
        const std::string start = "https://dash.example/#/confirm/";
        const auto at = text.find(start);
        return at == std::string::npos ? text : text.substr(at + start.size(), 43);
    }
    std::string of_user(const std::string& column) {
        return number("select " + column + " from users where id = '" + call->account->user + "'");
    }
};

TEST_F(OwnAccount, NameAndLanguageAreTheirs) {
    const auto changed = mutate(*call, "updateMe", "UpdateMeInput", {{"language", "FR"}}, "user { name language isVerified }");
    EXPECT_EQ(changed["user"], (Json{{"name", "viewer"}, {"language", "FR"}, {"isVerified", true}})) << changed;
    EXPECT_EQ(mutate(*call, "updateMe", "UpdateMeInput", {{"name", "Zoé"}}, "user { name language }")["user"],
              (Json{{"name", "Zoé"}, {"language", "FR"}}));
    EXPECT_EQ(mutate(*call, "updateMe", "UpdateMeInput", {{"name", ""}})["errors"][0]["code"], "INVALID");
    const auto query = "mutation { changePassword(input: {currentPassword: \"" + std::string{password} +
                       "\", newPassword: \"seven small boats\"}) { errors { code } } }";
    EXPECT_EQ(payload_of(ask(*call, query), "changePassword")["errors"], Json::array());
    EXPECT_NE(sink.wait_for(1).text().find("Bonjour"), std::string::npos) << "letters are in their language";
}

TEST_F(OwnAccount, AnEMailChangesWhenTheNewMailboxIsProven) {
    EXPECT_EQ(change(other), Json::array());
    const auto token = mailed_token(1);
    EXPECT_EQ(sink.wait_for(1).to, other);
    EXPECT_EQ(of_user("email"), email) << "not before";
    EXPECT_EQ(confirm(token), Json::array());
    EXPECT_EQ(of_user("email"), other);
    EXPECT_EQ(sink.wait_for(2).to, email) << "the old mailbox hears of it";
    EXPECT_EQ(confirm(token)[0]["code"], "NOT_FOUND");
    EXPECT_FALSE(run(logins.login({.email = email, .password = password, .address = "192.0.2.9"})));
    EXPECT_TRUE(run(logins.login({.email = other, .password = password, .address = "192.0.2.9"})));
    EXPECT_EQ(
        number("select count(*) from audit_log where action = 'user.email_changed' and user_id = '" + call->account->user + "'"),
        "1");
}

TEST_F(OwnAccount, NobodyLearnsWhoHasAnEMailAndNobodyTakesIt) {
    const auto taken = make_user(site, "owner");
    EXPECT_EQ(change(taken), Json::array());
    EXPECT_EQ(change(other), Json::array());
    EXPECT_EQ(sink.wait_for(1).to, other) << "and the other one is not written to";
    const auto token = mailed_token(1);
    postgres().sql("update users set email = '" + other + "' where email = '" + taken + "'");
    EXPECT_EQ(confirm(token)[0]["code"], "NOT_FOUND") << "somebody was first";
    EXPECT_EQ(of_user("email"), email);
    for (const auto* bad : {"nobody", "a@", "@b", "a b@c", "a@b@c"}) EXPECT_EQ(change(bad)[0]["code"], "INVALID") << bad;
    EXPECT_EQ(change("Viewer" + email.substr(6))[0]["code"], "INVALID") << "theirs already, however it is written";
}

TEST_F(OwnAccount, AChangeAsksForStepUp) {
    postgres().sql("update sessions set stepped_up_at = now() - interval '1 hour' where user_id = '" + call->account->user + "'");
    const auto refused = ask(*call, "mutation { changeEmail(input: {email: \"" + other + "\"}) { errors { code } } }");
    EXPECT_EQ(code_of(refused), "STEP_UP_REQUIRED");
    EXPECT_EQ(code_of(ask(*stranger(), "mutation { verifyEmail { errors { code } } }")), "UNAUTHENTICATED");
}

TEST_F(OwnAccount, AMailboxIsProvenWithoutAChange) {
    postgres().sql("update users set email_verified_at = null where id = '" + call->account->user + "'");
    call->account->is_verified = false;
    const auto verify = [&] {
        return payload_of(ask(*call, "mutation { verifyEmail { errors { code } } }"), "verifyEmail")["errors"];
    };
    EXPECT_EQ(verify(), Json::array());
    const auto first = mailed_token(1);
    EXPECT_EQ(verify(), Json::array());
    const auto second = mailed_token(2);
    EXPECT_EQ(confirm(first)[0]["code"], "NOT_FOUND") << "a newer link ends the older";
    EXPECT_EQ(confirm(second), Json::array());
    EXPECT_EQ(of_user("email_verified_at is not null"), "t");
}

TEST_F(OwnAccount, ASignInWithABrowserTheyNeverUsedIsWrittenAbout) {
    const auto with = [&](const std::string& browser, const std::string& who) {
        const auto visitor = stranger();
        visitor->user_agent = browser;
        return mutate(*visitor, "login", "LoginInput", {{"email", who}, {"password", password}})["errors"];
    };
    EXPECT_EQ(with("Firefox/130", make_user(site, "operator")), Json::array()) << "their first one of all: no letter";
    EXPECT_EQ(with("Firefox/130", email), Json::array());
    EXPECT_EQ(sink.wait_for(1).to, email);
    EXPECT_NE(sink.wait_for(1).text().find("browser"), std::string::npos) << sink.wait_for(1).text();
    EXPECT_EQ(with("Firefox/131", email), Json::array()) << "the same, newer: no letter";
    EXPECT_EQ(with("Chrome/140", email), Json::array());
    EXPECT_EQ(sink.wait_for(2).to, email);
    const auto marker = "mutation { changePassword(input: {currentPassword: \"" + std::string{password} +
                        "\", newPassword: \"seven small boats\"}) { errors { code } } }";
    EXPECT_EQ(payload_of(ask(*call, marker), "changePassword")["errors"], Json::array());
    EXPECT_EQ(sink.wait_for(3).text().find("browser"), std::string::npos) << "letters go in order: there was no third about it";
}

}  // namespace
}  // namespace vivi::test
