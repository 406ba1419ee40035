// Invitations: who may give what, the two links, what ends them, and what a guest becomes.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* invite =
    R"(mutation ($organisation: ID!, $event: ID, $email: String!, $role: Role!, $until: DateTime, $language: Language! = EN) {
  inviteMember(input: {organisationId: $organisation, eventId: $event, email: $email, role: $role, membershipExpiresAt: $until,
                       language: $language}) {
    invitation { id email role eventId state invitedBy createdAt expiresAt membershipExpiresAt } link isMailed
    errors { code field } } })";
constexpr const char* resend =
    "mutation ($id: ID!) { resendInvitation(input: {id: $id}) { invitation { id state } link isMailed errors { code } } }";
constexpr const char* revoke = "mutation ($id: ID!) { revokeInvitation(id: $id) { invitation { state } errors { code } } }";
constexpr const char* accept = R"(mutation ($token: String!, $name: String, $password: String) {
  acceptInvitation(input: {token: $token, name: $name, password: $password}) {
    user { email name memberships { role organisation { name } } } errors { code field } } })";
constexpr const char* list = R"(query ($organisation: ID!, $event: ID, $first: Int! = 50, $after: String) {
  invitations(organisationId: $organisation, eventId: $event, first: $first, after: $after) {
    edges { cursor node { email role state } } pageInfo { hasNextPage endCursor } } })";
constexpr const char* offer =
    "query ($t: String!) { invitation(token: $t) { organisation event email role invitedBy hasAccount } }";

std::string token_of(const std::string& text) {
    const auto begin = text.find("/#/invitation/");
    if (begin == std::string::npos) throw std::runtime_error{"no link in: " + text};
    return text.substr(begin + 14, 43);
}

class InvitationsTest : public Api {
protected:
    Site site = make_site("hosts");
    std::string organisation = api::to_id("Organisation", site.organisation);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));

    std::string make_event() {
        auto id = postgres().sql("insert into events (organisation_id, name) values ('" + site.organisation +
                                 "', 'Summer camp') returning id");
        return id.substr(0, 36);
    }
    static std::string new_email() {
        static int count = 0;
        return "guest" + std::to_string(++count) + "@example.org";
    }
    Json make(api::Call& by, const std::string& email, const std::string& role, Json more = Json::object()) {
        Json variables{{"organisation", organisation}, {"email", email}, {"role", role}};
        variables.update(more);
        const auto answer = ask(by, invite, variables);
        if (!answer["data"].is_object()) return answer;
        return answer["data"]["inviteMember"];
    }
    /// The token of the link that was mailed last.
    std::string mailed_token(std::size_t count) { return token_of(sink.wait_for(count).text()); }
    Json accept_as(api::Call& guest, const std::string& token, const std::string& new_password = "a long walk in the rain") {
        return ask(guest, accept, {{"token", token}, {"name", "Gwen"}, {"password", new_password}})["data"]["acceptInvitation"];
    }
    static std::string error_of(const Json& payload) {
        return payload["errors"].empty() ? "none" : payload["errors"][0]["code"].get<std::string>();
    }
    std::unique_ptr<api::Call> guest() { return stranger_at("198.51.100." + std::to_string(++guests_)); }
    std::unique_ptr<api::Call> stranger_at(const std::string& address) {
        auto call = stranger();
        call->address = address;
        return call;
    }
    int guests_ = 0;
};

TEST_F(InvitationsTest, AMailedLinkMakesAnAccountOnce) {
    const auto email = new_email();
    const auto made = make(*owner, email, "OPERATOR");
    EXPECT_EQ(made["invitation"]["state"], "OPEN") << made;
    EXPECT_EQ(made["invitation"]["invitedBy"], "owner");
    EXPECT_EQ(made["isMailed"], true);
    const auto mail = sink.wait_for(1);
    EXPECT_EQ(mail.to, email);
    EXPECT_EQ(mail.header("Subject"), "Your invitation to hosts");
    EXPECT_NE(mail.text().find("owner invites you to join hosts as operator"), std::string::npos) << mail.text();
    const auto token = mailed_token(1);
    EXPECT_NE(token, token_of(made["link"])) << "the mailed link is another one";

    auto call = guest();
    const auto seen = ask(*call, offer, {{"t", token}})["data"]["invitation"];
    EXPECT_EQ(seen["email"], email) << seen;
    EXPECT_EQ(seen["hasAccount"], false);
    EXPECT_EQ(error_of(accept_as(*call, token, "short")), "INVALID");
    EXPECT_EQ(error_of(accept_as(*call, token, "password123")), "INVALID") << "a common one";
    const auto accepted = accept_as(*call, token);
    ASSERT_EQ(error_of(accepted), "none") << accepted;
    EXPECT_EQ(accepted["user"]["memberships"][0]["role"], "OPERATOR");
    ASSERT_EQ(call->cookies.size(), 1u);
    EXPECT_TRUE(run(logins.find(call->token))->is_verified);
    EXPECT_EQ(error_of(accept_as(*guest(), token)), "NOT_FOUND") << "used";
    EXPECT_EQ(error_of(accept_as(*guest(), token_of(made["link"]))), "NOT_FOUND") << "the other link is used with it";
    EXPECT_TRUE(run(logins.login({.email = email, .password = "a long walk in the rain", .address = "198.51.100.99"})));
}

TEST_F(InvitationsTest, ACopiedLinkNeedsTheMailboxToo) {
    const auto email = new_email();
    const auto made = make(*owner, email, "VIEWER");
    const auto first_mail = mailed_token(1);
    const auto copied = token_of(made["link"]);
    auto call = guest();
    EXPECT_TRUE(ask(*call, offer, {{"t", copied}})["data"]["invitation"]["hasAccount"].is_null());
    EXPECT_EQ(error_of(accept_as(*call, copied)), "VERIFY_EMAIL");
    EXPECT_EQ(number("select count(*) from users where email = '" + email + "'"), "0") << "nobody's password waits for the guest";
    const auto proof = mailed_token(2);
    EXPECT_EQ(sink.mails()[1].to, email);
    EXPECT_EQ(error_of(accept_as(*guest(), first_mail)), "NOT_FOUND") << "replaced by the newer one";
    EXPECT_EQ(error_of(accept_as(*guest(), proof)), "none");
}

TEST_F(InvitationsTest, AnAccountWithThatEmailJoinsSignedIn) {
    const auto elsewhere = make_site("guests");
    const auto email = make_user(elsewhere, "viewer");
    const auto copied = token_of(make(*owner, email, "ORGANISER")["link"]);
    EXPECT_EQ(error_of(accept_as(*guest(), mailed_token(1))), "SIGN_IN_FIRST");
    auto other = sign_in(make_user(elsewhere, "operator"));
    EXPECT_EQ(error_of(accept_as(*other, copied)), "OTHER_ACCOUNT");
    auto theirs = sign_in(email);
    const auto accepted = accept_as(*theirs, copied);
    EXPECT_EQ(accepted["user"]["memberships"].size(), 2u) << accepted;
    EXPECT_EQ(accepted["user"]["name"], "viewer") << "the account stays as it was";
}

TEST_F(InvitationsTest, AnUnverifiedAccountProvesItselfFirst) {
    const auto email = make_user(site, "viewer");
    postgres().sql("update users set email_verified_at = null where email = '" + email + "'");
    const auto copied = token_of(make(*owner, email, "ORGANISER")["link"]);
    auto theirs = sign_in(email);
    EXPECT_EQ(error_of(accept_as(*theirs, copied)), "VERIFY_EMAIL");
    EXPECT_EQ(error_of(accept_as(*theirs, mailed_token(2))), "none");
    EXPECT_TRUE(theirs->account->is_verified);
}

TEST_F(InvitationsTest, NobodyGivesMoreThanTheyHave) {
    auto organiser = sign_in(make_user(site, "organiser"));
    EXPECT_EQ(error_of(make(*organiser, new_email(), "OWNER")), "FORBIDDEN");
    EXPECT_EQ(error_of(make(*organiser, new_email(), "ORGANISER")), "none");
    EXPECT_EQ(error_of(make(*owner, new_email(), "OWNER")), "none");
    for (const auto* role : {"operator", "viewer"}) {
        auto call = sign_in(make_user(site, role));
        EXPECT_EQ(code_of(make(*call, new_email(), "VIEWER")), "FORBIDDEN") << role << " manages nothing";
    }
    EXPECT_EQ(code_of(make(*stranger(), new_email(), "VIEWER")), "UNAUTHENTICATED");
    auto other = sign_in(make_user(make_site("others"), "owner"));
    EXPECT_EQ(error_of(make(*other, new_email(), "VIEWER")), "NOT_FOUND");
}

TEST_F(InvitationsTest, AnEventsOrganiserInvitesToThatEventOnly) {
    const auto event = make_event(), another = make_event();
    const auto email = make_user(site, "viewer");
    postgres().sql("update memberships set role = 'organiser', event_id = '" + event +
                   "' where user_id = (select id from users where email = '" + email + "')");
    auto call = sign_in(email);
    const Json here{{"event", api::to_id("Event", event)}}, there{{"event", api::to_id("Event", another)}};
    EXPECT_EQ(error_of(make(*call, new_email(), "VIEWER", here)), "none");
    EXPECT_EQ(error_of(make(*call, new_email(), "VIEWER", there)), "FORBIDDEN");
    EXPECT_EQ(error_of(make(*call, new_email(), "VIEWER")), "FORBIDDEN") << "an event is not the whole";
    EXPECT_EQ(error_of(make(*owner, new_email(), "OWNER", here)), "INVALID");
    EXPECT_EQ(code_of(ask(*call, list, {{"organisation", organisation}})), "FORBIDDEN");
    const auto seen =
        ask(*call, list, {{"organisation", organisation}, {"event", here["event"]}})["data"]["invitations"]["edges"];
    EXPECT_EQ(seen.size(), 1u) << seen;
    postgres().sql("update events set closed_at = now() where id = '" + event + "'");
    EXPECT_EQ(error_of(make(*owner, new_email(), "VIEWER", here)), "NOT_FOUND") << "it is over";
}

TEST_F(InvitationsTest, TheMembershipEndsWhenItWasSaid) {
    const auto email = new_email();
    make(*owner, email, "VIEWER", {{"until", "2099-01-01T00:00:00Z"}});
    EXPECT_EQ(error_of(accept_as(*guest(), mailed_token(1))), "none");
    EXPECT_EQ(number("select m.expires_at from memberships m join users u on u.id = m.user_id where u.email = '" + email + "'"),
              "2099-01-01 00:00:00+00");
    EXPECT_EQ(error_of(make(*owner, new_email(), "VIEWER", {{"until", "2020-01-01T00:00:00Z"}})), "INVALID");
}

TEST_F(InvitationsTest, AcceptingNeverLowersARole) {
    const auto email = make_user(site, "organiser");
    make(*owner, email, "VIEWER");
    auto call = sign_in(email);
    const auto accepted = accept_as(*call, mailed_token(1));
    EXPECT_EQ(accepted["user"]["memberships"][0]["role"], "ORGANISER") << accepted;
}

TEST_F(InvitationsTest, DieWithTheRightOfTheirInviter) {
    for (const std::string what : {"delete from memberships", "update memberships set role = 'operator'",
                                   "update memberships set expires_at = now() - interval '1 second'"}) {
        const auto host = make_site("fickle");
        const auto host_id = api::to_id("Organisation", host.organisation);
        const auto email = make_user(host, "organiser");
        auto call = sign_in(email);
        const auto made = make(*call, new_email(), "ORGANISER", {{"organisation", host_id}});
        ASSERT_EQ(error_of(made), "none") << made;
        const auto of_inviter = " where user_id = (select id from users where email = '" + email + "')";
        postgres().sql(what + of_inviter);
        EXPECT_EQ(error_of(accept_as(*guest(), token_of(made["link"]))), "NOT_FOUND") << what;
        postgres().sql("delete from memberships" + of_inviter);
        postgres().sql("insert into memberships (organisation_id, user_id, role) select '" + host.organisation +
                       "', id, 'owner' from users where email = '" + email + "'");
        EXPECT_EQ(error_of(accept_as(*guest(), token_of(made["link"]))), "NOT_FOUND") << "it does not come back: " << what;
    }
}

TEST_F(InvitationsTest, EndWhenTheyAreRevokedOrOld) {
    auto made = make(*owner, new_email(), "VIEWER");
    const auto id = made["invitation"]["id"];
    auto other = sign_in(make_user(make_site("others"), "owner"));
    EXPECT_EQ(error_of(ask(*other, revoke, {{"id", id}})["data"]["revokeInvitation"]), "NOT_FOUND");
    EXPECT_EQ(ask(*owner, revoke, {{"id", id}})["data"]["revokeInvitation"]["invitation"]["state"], "REVOKED");
    EXPECT_EQ(error_of(accept_as(*guest(), token_of(made["link"]))), "NOT_FOUND");
    EXPECT_EQ(error_of(ask(*owner, resend, {{"id", id}})["data"]["resendInvitation"]), "NOT_FOUND") << "revoked is for good";

    made = make(*owner, new_email(), "VIEWER");
    const auto uuid = *api::parse_id("Invitation", made["invitation"]["id"].get<std::string>());
    EXPECT_EQ(number("select expires_at - created_at from invitations where id = '" + uuid + "'"), "7 days");
    postgres().sql("update invitations set expires_at = now() - interval '1 second' where id = '" + uuid + "'");
    EXPECT_EQ(error_of(accept_as(*guest(), token_of(made["link"]))), "NOT_FOUND");
    const auto again = ask(*owner, resend, {{"id", made["invitation"]["id"]}})["data"]["resendInvitation"];
    EXPECT_EQ(again["invitation"]["state"], "OPEN") << again;
    EXPECT_EQ(error_of(accept_as(*guest(), token_of(made["link"]))), "NOT_FOUND") << "the old link stays dead";
    EXPECT_EQ(error_of(accept_as(*guest(), mailed_token(3))), "none");
}

TEST_F(InvitationsTest, AnOrganiserDoesNotRevokeAnOwners) {
    const auto id = make(*owner, new_email(), "OWNER")["invitation"]["id"];
    auto organiser = sign_in(make_user(site, "organiser"));
    EXPECT_EQ(error_of(ask(*organiser, revoke, {{"id", id}})["data"]["revokeInvitation"]), "FORBIDDEN");
    EXPECT_EQ(error_of(ask(*organiser, resend, {{"id", id}})["data"]["resendInvitation"]), "FORBIDDEN");
}

TEST_F(InvitationsTest, AreListedNewestFirstInPages) {
    for (int i = 0; i < 5; ++i) make(*owner, new_email(), "VIEWER");
    std::vector<std::string> seen;
    Json variables{{"organisation", organisation}, {"first", 2}};
    for (bool more = true; more;) {
        const auto page = ask(*owner, list, variables)["data"]["invitations"];
        for (const auto& edge : page["edges"]) seen.push_back(edge["node"]["email"]);
        more = page["pageInfo"]["hasNextPage"];
        variables["after"] = page["pageInfo"]["endCursor"];
    }
    EXPECT_EQ(seen.size(), 5u);
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 5u);
    EXPECT_EQ(code_of(ask(*owner, list, {{"organisation", organisation}, {"after", "nonsense"}})), "BAD_USER_INPUT");
    EXPECT_EQ(code_of(ask(*owner, list, {{"organisation", organisation}, {"first", 101}})), "BAD_USER_INPUT");
    auto other = sign_in(make_user(make_site("others"), "owner"));
    EXPECT_EQ(code_of(ask(*other, list, {{"organisation", organisation}})), "NOT_FOUND");
}

TEST_F(InvitationsTest, NothingCanBeSmuggledIntoAMail) {
    for (const auto* email : {"x@example.org\r\nBcc: y@example.org", "nobody", "a b@example.org", "\"x\"@example.org"})
        EXPECT_EQ(error_of(make(*owner, email, "VIEWER")), "INVALID") << email;
    postgres().sql("update users set name = E'Eve\\r\\nBcc: y@example.org' where id = '" + owner->account->user + "'");
    owner = sign_in(owner->account->email);
    make(*owner, "ANN@Example.org", "VIEWER", {{"language", "FR"}});
    const auto mail = sink.wait_for(1);
    EXPECT_EQ(mail.to, "ann@example.org");
    EXPECT_EQ(mail.data.find("\r\nBcc"), std::string::npos) << mail.data;
    EXPECT_NE(mail.text().find("vous invite à rejoindre hosts comme observateur"), std::string::npos) << mail.text();
}

TEST_F(InvitationsTest, GuessingIsThrottled) {
    auto call = guest();
    std::string aliases = "{";
    for (int i = 0; i < 20; ++i)
        aliases +=
            " a" + std::to_string(i) + ": invitation(token: \"" + std::string(43, static_cast<char>('a' + i)) + "\") { email }";
    EXPECT_FALSE(ask(*call, aliases + " }").contains("errors"));
    EXPECT_EQ(code_of(ask(*call, offer, {{"t", std::string(43, 'z')}})), "TOO_MANY_ATTEMPTS");
}

TEST_F(InvitationsTest, WhatHappenedIsInTheAuditLog) {
    const auto made = make(*owner, new_email(), "VIEWER");
    accept_as(*guest(), mailed_token(1));
    const auto uuid = *api::parse_id("Invitation", made["invitation"]["id"].get<std::string>());
    EXPECT_EQ(number("select string_agg(action, ' ' order by id) from audit_log where target = '" + uuid +
                     "' and organisation_id = '" + site.organisation + "'"),
              "invitation.created invitation.accepted");
}

}  // namespace
}  // namespace vivi::test
