// Alarms told to people: by letter and by push message, to who asked and may see the router, once, and not without end.
// SPDX-License-Identifier: Apache-2.0
#include "server/notify/teller.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "server/auth/passwords.hpp"
#include "tests/adapters/db/fixture.hpp"
#include "tests/adapters/notify/push_sink.hpp"
#include "tests/adapters/smtp_sink.hpp"

namespace vivi::test {
namespace {

using Json = nlohmann::json;

class TellerTest : public Database {
protected:
    Site site = make_site("hall");
    SmtpSink sink{};
    PushSink browser{};
    db::Pool auth{postgres().url("vivi_auth"), 2};
    egress::Mail mail{{.url = "smtp+plain://127.0.0.1:" + std::to_string(sink.port()), .from = "Vivi <vivi@example.org>"}};
    egress::Fetcher fetcher{2, egress::LoopbackAllowance{.ca_file = browser.certificate()}};
    crypto::P256Key key = crypto::P256Key::generate();
    std::string public_key = crypto::to_base64url(key.point());
    notify::Teller teller{
        auth,
        mail,
        fetcher,
        {.public_url = "https://dash.example", .push_key = std::move(key), .push_contact = "mailto:operator@example.org"}};

    /// A member of that role, of an event or of everything, who asked for e-mail, push messages, or both.
    std::string member(const std::string& name, const std::string& how, const std::string& event = "",
                       const std::string& role = "viewer") {
        const auto email = name + "@" + site.organisation + ".example";
        const auto user =
            number("insert into users (email, name, password_hash) values ('" + email + "', '" + name + "', 'x') returning id");
        postgres().sql("insert into memberships (organisation_id, user_id, role, event_id) values ('" + site.organisation +
                       "', '" + user + "', '" + role + "', " + (event.empty() ? "null" : "'" + event + "'") + ")");
        for (const auto* kind : {"router_offline", "router_health", "network"})
            postgres().sql("insert into notification_settings values ('" + site.organisation + "', '" + user + "', '" + kind +
                           "', " + (how == "push" ? "false" : "true") + ", " + (how == "email" ? "false" : "true") + ")");
        return user;
    }
    void subscribe(const std::string& user, const std::string& session = "null") {
        postgres().sql("insert into push_subscriptions (user_id, session_id, endpoint, public_key, secret) values ('" + user +
                       "', " + session + ", '" + browser.endpoint() + "', decode('" +
                       crypto::to_hex(*crypto::from_base64url(browser.p256dh())) + "', 'hex'), decode('" +
                       crypto::to_hex(*crypto::from_base64url(browser.auth())) + "', 'hex'))");
    }
    std::string raise(const std::string& kind = "dhcp.rogue", const std::string& subject = "02:00:00:00:00:09") {
        return number("insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at) values ('" +
                      site.organisation + "', '" + site.router + "', '" + kind + "', '" + subject +
                      "', '{}', now(), now()) returning id");
    }
    /// What time does: everything that waits is due.
    void let_pass() {
        postgres().sql("update alarm_notices set due_at = now() where done_at is null and organisation_id = '" +
                       site.organisation + "'");
    }
    /// Until nothing is due.
    int tell_letters() { return must(teller.tell_by_letter()); }
    int tell_browsers() {
        int told = 0;
        while (must(teller.tell_a_browser())) ++told;
        return told;
    }
    std::string outcomes(const std::string& channel) {
        return number(
            "select string_agg(coalesce(outcome, 'waiting'), ' ' order by id) from alarm_notices where organisation_id = '" +
            site.organisation + "' and (subscription_id is null) = " + (channel == "email" ? "true" : "false"));
    }
    std::string subscriptions(const std::string& user) {
        return number("select count(*) from push_subscriptions where user_id = '" + user + "'");
    }
};

TEST_F(TellerTest, WritesToWhoAskedInTheirLanguageOnce) {
    const auto ann = member("ann", "email");
    postgres().sql("update users set language = 'fr' where id = '" + ann + "'");
    raise();
    EXPECT_EQ(tell_letters(), 0) << "half a minute may still bring its end";
    let_pass();
    EXPECT_EQ(tell_letters(), 1);
    const auto letter = sink.wait_for(1);
    EXPECT_EQ(letter.to, "ann@" + site.organisation + ".example");
    EXPECT_NE(letter.text().find("Le routeur \"hall\" voit un serveur DHCP étranger dans son réseau: 02:00:00:00:00:09"),
              std::string::npos)
        << letter.text();
    EXPECT_NE(letter.text().find("https://dash.example/now"), std::string::npos);
    let_pass();
    EXPECT_EQ(tell_letters(), 0);
    EXPECT_EQ(outcomes("email"), "sent");
}

TEST_F(TellerTest, OneLetterTellsOfAllThatIsDueAndNoMoreThanSixGoInAnHour) {
    const auto ann = member("ann", "email");
    for (int i = 0; i < 30; ++i) raise("dhcp.conflict", "10.66.0." + std::to_string(i));
    let_pass();
    EXPECT_EQ(tell_letters(), 1);
    EXPECT_NE(sink.wait_for(1).text().find("and 10 more"), std::string::npos) << sink.wait_for(1).text();
    for (int i = 0; i < 8; ++i) {
        raise("dhcp.rogue", std::to_string(i));
        let_pass();
        tell_letters();
    }
    EXPECT_EQ(number("select count(distinct done_at) from alarm_notices where outcome = 'sent' and user_id = '" + ann + "'"),
              "6");
    EXPECT_EQ(number("select count(*) from alarm_notices where done_at is null and user_id = '" + ann + "'"), "3") << "they wait";
    postgres().sql("update alarm_notices set done_at = done_at - interval '1 hour' where user_id = '" + ann + "'");
    EXPECT_EQ(tell_letters(), 1) << "all three in one";
    EXPECT_NE(sink.wait_for(7).header("Subject"), "");
}

TEST_F(TellerTest, WhatIsOverOrLookedAfterIsToldNobody) {
    member("ann", "email");
    const auto over = raise(), looked_after = raise("dhcp.conflict");
    postgres().sql("update alarms set cleared_at = now() where id = " + over +
                   "; update alarms set acknowledged_at = now() where id = " + looked_after);
    let_pass();
    EXPECT_EQ(tell_letters(), 0);
    EXPECT_EQ(outcomes("email"), "over over");
}

TEST_F(TellerTest, WhoDidNotAskOrMayNotSeeTheRouterIsToldNothing) {
    const auto ours =
        number("insert into events (organisation_id, name) values ('" + site.organisation + "', 'Fair') returning id");
    const auto other =
        number("insert into events (organisation_id, name) values ('" + site.organisation + "', 'Gala') returning id");
    postgres().sql("update routers set event_id = '" + ours + "' where id = '" + site.router + "'");
    member("ann", "email", ours);
    member("bob", "email", other);
    const auto cid = member("cid", "email");
    postgres().sql("update memberships set expires_at = now() - interval '1 minute' where user_id = '" + cid + "'");
    member("dan", "push");
    raise();
    let_pass();
    EXPECT_EQ(tell_letters(), 1);
    EXPECT_EQ(sink.wait_for(1).to, "ann@" + site.organisation + ".example");
    EXPECT_EQ(
        number("select string_agg(split_part(u.email, '@', 1) || ' ' || n.outcome, ', ' order by u.email) from alarm_notices n"
               " join users u on u.id = n.user_id where n.organisation_id = '" +
               site.organisation + "'"),
        "ann sent, bob refused, cid refused");
}

TEST_F(TellerTest, AnotherOrganisationsAlarmIsNotTold) {
    member("ann", "email");
    const auto elsewhere = make_site("elsewhere");
    postgres().sql("insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at) values ('" +
                   elsewhere.organisation + "', '" + elsewhere.router + "', 'dhcp.rogue', '', '{}', now(), now())");
    EXPECT_EQ(number("select count(*) from alarm_notices where organisation_id in ('" + site.organisation + "', '" +
                     elsewhere.organisation + "')"),
              "0");
}

TEST_F(TellerTest, ABrowserDecryptsWhatItIsSentAndItsServiceKnowsTheSender) {
    const auto ann = member("ann", "push");
    subscribe(ann);
    const auto alarm = raise("router.offline", "");
    let_pass();
    EXPECT_EQ(tell_browsers(), 1);
    const auto requests = browser.requests();
    ASSERT_EQ(requests.size(), 1u);
    const auto& headers = requests[0].headers;
    EXPECT_EQ(headers.at("content-encoding"), "aes128gcm");
    EXPECT_EQ(headers.at("ttl"), "3600");
    EXPECT_EQ(headers.at("urgency"), "high");
    EXPECT_EQ(Json::parse(browser.decrypt(requests[0])), (Json{{"v", 1},
                                                               {"tag", "alarm-" + alarm},
                                                               {"title", "Router \"hall\" does not answer"},
                                                               {"body", ""},
                                                               {"url", "https://dash.example/now"}}));
    const auto claims = Json::parse(PushSink::claims(requests[0], public_key));
    EXPECT_EQ(claims["aud"], browser.origin());
    EXPECT_EQ(claims["sub"], "mailto:operator@example.org");
    const auto ahead = claims["exp"].get<std::int64_t>() - to_unix_ms(wall_now()) / 1'000;
    EXPECT_TRUE(ahead > 0 && ahead <= 24 * 3600) << ahead;
    EXPECT_EQ(outcomes("push"), "sent");
    EXPECT_NE(number("select last_sent_at from push_subscriptions where user_id = '" + ann + "'"), "");
    EXPECT_EQ(tell_browsers(), 0);
}

TEST_F(TellerTest, ASubscriptionThatItsServiceDoesNotKnowIsRemoved) {
    const auto ann = member("ann", "push");
    for (const auto* status : {"410 Gone", "404 Not Found"}) {
        subscribe(ann);
        raise("health.dns", status);
        let_pass();
        browser.answer_with(status);
        EXPECT_EQ(tell_browsers(), 1);
        EXPECT_EQ(subscriptions(ann), "0") << status;
    }
}

TEST_F(TellerTest, AServiceThatIsDownIsTriedAgainLaterAndNotWithoutEnd) {
    const auto ann = member("ann", "push");
    subscribe(ann);
    raise();
    browser.answer_with("503 Service Unavailable");
    const std::vector<std::string> waits{"00:00:30", "00:02:00", "00:08:00", "00:32:00", "02:08:00"};
    for (const auto& wait : waits) {
        let_pass();
        EXPECT_EQ(tell_browsers(), 1);
        EXPECT_EQ(number("select date_trunc('second', due_at - now() + interval '5 seconds') between interval '" + wait +
                         "' - interval '1 minute' and interval '" + wait +
                         "' + interval '6 seconds' from alarm_notices where user_id = '" + ann + "'"),
                  "t")
            << wait;
        EXPECT_EQ(tell_browsers(), 0) << "not before";
    }
    let_pass();
    EXPECT_EQ(tell_browsers(), 0);
    EXPECT_EQ(outcomes("push"), "failed");
    EXPECT_EQ(browser.requests().size(), 5u);
    EXPECT_EQ(subscriptions(ann), "1");
}

TEST_F(TellerTest, WhatAServiceRefusesIsNotTriedAgain) {
    subscribe(member("ann", "push"));
    raise();
    let_pass();
    browser.answer_with("400 Bad Request");
    EXPECT_EQ(tell_browsers(), 1);
    EXPECT_EQ(outcomes("push"), "failed");
}

TEST_F(TellerTest, AnEndpointAtAPrivateAddressIsNeverConnectedTo) {
    egress::Fetcher strict{1};
    notify::Teller careful{auth, mail, strict, {.push_key = crypto::P256Key::generate(), .push_contact = "mailto:a@example.org"}};
    subscribe(member("ann", "push"));
    raise();
    let_pass();
    EXPECT_TRUE(must(careful.tell_a_browser()));
    EXPECT_EQ(outcomes("push"), "failed");
    EXPECT_TRUE(browser.requests().empty());
}

TEST_F(TellerTest, ARemovedMembersBrowserIsToldNothingFromThatMomentOn) {
    const auto ann = member("ann", "both"), bob = member("bob", "email");
    subscribe(ann);
    raise();
    let_pass();
    postgres().sql("delete from memberships where user_id = '" + ann + "'");
    EXPECT_EQ(subscriptions(ann), "0") << "they belong to nothing any more";
    EXPECT_EQ(tell_browsers(), 0);
    EXPECT_EQ(tell_letters(), 1);
    EXPECT_EQ(sink.wait_for(1).to, "bob@" + site.organisation + ".example");
    EXPECT_EQ(number("select count(*) from notification_settings where user_id = '" + ann + "'"), "0");
    EXPECT_TRUE(browser.requests().empty());
}

TEST_F(TellerTest, AMemberOfAnotherOrganisationKeepsTheBrowserAndIsToldNothingOfThisOne) {
    const auto ann = member("ann", "push");
    const auto elsewhere = make_site("elsewhere");
    postgres().sql("insert into memberships (organisation_id, user_id, role) values ('" + elsewhere.organisation + "', '" + ann +
                   "', 'viewer')");
    subscribe(ann);
    raise();
    let_pass();
    postgres().sql("delete from memberships where user_id = '" + ann + "' and organisation_id = '" + site.organisation + "'");
    EXPECT_EQ(subscriptions(ann), "1");
    EXPECT_EQ(tell_browsers(), 0);
    EXPECT_TRUE(browser.requests().empty());
}

TEST_F(TellerTest, ARevokedSessionTakesItsBrowserAlongAndOneThatEndsByTimeDoesNot) {
    const auto ann = member("ann", "push");
    const auto session = [&](const std::string& left) {
        return number("insert into sessions (user_id, token_hash, expires_at) values ('" + ann +
                      "', sha256(random()::text::bytea), now() + interval '" + left + "') returning id");
    };
    const auto over = session("-1 minute");
    subscribe(ann, "'" + over + "'");
    postgres().sql("delete from sessions where id = '" + over + "'");
    EXPECT_EQ(subscriptions(ann), "1");
    const auto live = session("1 hour");
    postgres().sql("update push_subscriptions set session_id = '" + live + "' where user_id = '" + ann +
                   "'; delete from sessions where id = '" + live + "'");
    EXPECT_EQ(subscriptions(ann), "0");
}

TEST_F(TellerTest, TwoReplicasTellEachAlarmOnce) {
    notify::Teller twin{auth, mail, fetcher, {.push_key = crypto::P256Key::generate(), .push_contact = "mailto:a@example.org"}};
    const auto ann = member("ann", "both");
    subscribe(ann);
    raise();
    let_pass();
    int letters = 0, browsers = 0;
    const auto both = [&]() -> Task<> {
        using namespace net::experimental::awaitable_operators;
        const auto [first, second] = co_await (teller.tell_by_letter() && twin.tell_by_letter());
        letters = first.value_or(0) + second.value_or(0);
        const auto [one, other] = co_await (teller.tell_a_browser() && twin.tell_a_browser());
        browsers = one.value_or(false) + other.value_or(false);
    };
    loop.run(both());
    EXPECT_EQ(letters, 1);
    EXPECT_EQ(browsers, 1);
    EXPECT_EQ(browser.requests().size(), 1u);
}

}  // namespace
}  // namespace vivi::test
