// Access that ends because its time is over: sockets end with it, as if somebody had ended it.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/caller.hpp"
#include "server/auth/cookie.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class Endings : public Api {
protected:
    Site site = make_site("endings");
    std::string email = make_user(site, "viewer");
    int gone = 0;

    /// What time does: no trigger hears of it.
    void let_pass(const std::string& table, const std::string& condition, const std::string& column = "expires_at") {
        postgres().sql("set session_replication_role = replica; update " + table + " set " + column +
                       " = clock_timestamp() where " + condition);
    }
    std::string of_user() const { return "user_id = (select id from users where email = '" + email + "')"; }
    void step() { loop.run(after(Milliseconds{1})); }
    void follow(api::Caller& caller) {
        caller.follow(loop.executor(), [this] { ++gone; });
        ASSERT_TRUE(run(revocations.look()));
        ASSERT_EQ(gone, 0);
    }
    void expect_end() {
        ASSERT_TRUE(run(revocations.look()));
        await("the end", [&] {
            step();
            return gone == 1;
        });
        ASSERT_TRUE(run(revocations.look()));
        EXPECT_EQ(gone, 1) << "once";
    }
};

TEST_F(Endings, OfAMembership) {
    ASSERT_TRUE(run(revocations.look()));
    const auto call = sign_in(email);
    api::Caller caller{services};
    run(caller.identify({.session = call->token}));
    follow(caller);
    let_pass("memberships", of_user());
    expect_end();
}

TEST_F(Endings, OfASession) {
    ASSERT_TRUE(run(revocations.look()));
    const auto call = sign_in(email);
    api::Caller caller{services};
    run(caller.identify({.session = call->token}));
    follow(caller);
    let_pass("sessions", of_user());
    expect_end();
}

TEST_F(Endings, OfAToken) {
    ASSERT_TRUE(run(revocations.look()));
    const auto secret = auth::new_api_token();
    postgres().sql("insert into api_tokens (organisation_id, user_id, name, scope, token_hash, expires_at) select '" +
                   site.organisation + "', id, 'reader', 'read', decode('" + auth::hash_of(secret) +
                   "', 'hex'), now() + interval '1 hour' from users where email = '" + email + "'");
    api::Caller caller{services};
    run(caller.identify({.bearer = secret}));
    ASSERT_TRUE(caller.call().account);
    follow(caller);
    let_pass("api_tokens", of_user());
    expect_end();
}

TEST_F(Endings, OfAScreenWithItsEvent) {
    ASSERT_TRUE(run(revocations.look()));
    const auto link = auth::new_token();
    const auto event =
        number("insert into events (organisation_id, name) values ('" + site.organisation + "', 'Fair') returning id");
    postgres().sql("insert into show_links (organisation_id, event_id, name, token_hash) values ('" + site.organisation + "', '" +
                   event + "', 'wall', decode('" + auth::hash_of(link) + "', 'hex'))");
    const auto shown = must(tokens.exchange(link));
    api::Caller caller{services};
    run(caller.identify({.show = shown.token}));
    ASSERT_TRUE(caller.call().show);
    follow(caller);
    let_pass("events", "id = '" + event + "'", "ends_at");
    expect_end();
}

TEST_F(Endings, WhatEndsLaterOrEndedLongAgoIsNotTold) {
    postgres().sql(
        "set session_replication_role = replica; update memberships set expires_at = now() + interval '1 hour' where " +
        of_user());
    ASSERT_TRUE(run(revocations.look()));
    int told = 0;
    const auto user = number("select id from users where email = '" + email + "'");
    const auto listener =
        revocations.listen([&](const auth::Revocations::Subjects& subjects) { told += subjects.contains(user); });
    postgres().sql(
        "set session_replication_role = replica; update memberships set expires_at = now() - interval '1 hour' where " +
        of_user());
    ASSERT_TRUE(run(revocations.look()));
    EXPECT_EQ(told, 0);
}

}  // namespace
}  // namespace vivi::test
