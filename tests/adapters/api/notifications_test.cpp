// Notification settings of a member, and the browsers that take push messages for a person.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/crypto_p256.hpp"
#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class Notifications : public Api {
protected:
    Notifications() { services.push_key = "a-public-key"; }

    Site site = make_site("notifications");
    std::string email = make_user(site, "viewer");
    std::unique_ptr<api::Call> call = sign_in(email);
    std::string p256dh = crypto::to_base64url(crypto::P256Key::generate().point());

    Json set(api::Call& who, const std::string& organisation, const Json& settings) {
        return payload_of(ask(who,
                              "mutation ($i: SetNotificationsInput!) { setNotifications(input: $i) {"
                              " settings { kind email push } errors { code } } }",
                              {{"i", {{"organisationId", api::to_id("Organisation", organisation)}, {"settings", settings}}}}),
                          "setNotifications");
    }
    Json read(api::Call& who, const std::string& organisation) {
        return ask(who, "query ($o: ID!) { notificationSettings(organisationId: $o) { kind email push } }",
                   {{"o", api::to_id("Organisation", organisation)}});
    }
    Json subscribe(api::Call& who, const std::string& endpoint, const std::string& key,
                   const std::string& auth = std::string(22, 'A')) {
        return payload_of(
            ask(who,
                "mutation ($i: SubscribeToPushInput!) { subscribeToPush(input: $i) { subscription { id service userAgent"
                " isCurrent lastSentAt } errors { code } } }",
                {{"i", {{"endpoint", endpoint}, {"p256dh", key}, {"auth", auth}}}}),
            "subscribeToPush");
    }
    Json unsubscribe(api::Call& who, const Json& which) {
        return payload_of(ask(who,
                              "mutation ($i: UnsubscribeFromPushInput!) { unsubscribeFromPush(input: $i) { subscription { id }"
                              " errors { code } } }",
                              {{"i", which}}),
                          "unsubscribeFromPush");
    }
    Json list(api::Call& who) { return ask(who, "{ pushSubscriptions { id service isCurrent } pushKey }")["data"]; }
};

TEST_F(Notifications, NobodyIsToldUnlessTheyAskAndWhatIsLeftOutStays) {
    const Json nothing = Json::array({Json{{"kind", "ROUTER_OFFLINE"}, {"email", false}, {"push", false}},
                                      Json{{"kind", "ROUTER_HEALTH"}, {"email", false}, {"push", false}},
                                      Json{{"kind", "NETWORK"}, {"email", false}, {"push", false}}});
    EXPECT_EQ(read(*call, site.organisation)["data"]["notificationSettings"], nothing);
    set(*call, site.organisation, Json::array({Json{{"kind", "NETWORK"}, {"email", true}, {"push", false}}}));
    const auto changed =
        set(*call, site.organisation, Json::array({Json{{"kind", "ROUTER_OFFLINE"}, {"email", true}, {"push", true}}}));
    EXPECT_EQ(changed["errors"], Json::array());
    auto expected = nothing;
    expected[0]["email"] = expected[0]["push"] = expected[2]["email"] = true;
    EXPECT_EQ(changed["settings"], expected);
    EXPECT_EQ(read(*call, site.organisation)["data"]["notificationSettings"], expected);
    EXPECT_EQ(number("select detail->'router_offline'->>'push' from audit_log where action = 'user.notifications_set'"
                     " and organisation_id = '" +
                     site.organisation + "' order by id desc limit 1"),
              "true");
}

TEST_F(Notifications, AreForMembersAndEachKindOnce) {
    const auto elsewhere = make_site("elsewhere");
    EXPECT_EQ(code_of(read(*call, elsewhere.organisation)), "NOT_FOUND");
    const Json one{{"kind", "NETWORK"}, {"email", true}, {"push", false}};
    EXPECT_EQ(set(*call, elsewhere.organisation, Json::array({one}))["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(set(*call, site.organisation, Json::array({one, one}))["errors"][0]["code"], "INVALID");
    EXPECT_EQ(code_of(read(*stranger(), site.organisation)), "UNAUTHENTICATED");
    EXPECT_EQ(number("select count(*) from notification_settings where user_id = '" + call->account->user + "'"), "0");
}

TEST_F(Notifications, ABrowserSubscribesIsListedAndEnds) {
    call->user_agent = "Firefox";
    const auto made = subscribe(*call, "https://push.example/send/secret", p256dh);
    EXPECT_EQ(made["errors"], Json::array());
    EXPECT_EQ(made["subscription"]["service"], "push.example");
    EXPECT_EQ(made["subscription"]["userAgent"], "Firefox");
    EXPECT_EQ(made["subscription"]["isCurrent"], true);
    EXPECT_EQ(list(*call)["pushSubscriptions"].size(), 1u);
    EXPECT_EQ(list(*call)["pushKey"], "a-public-key");
    EXPECT_EQ(list(*call).dump().find("secret"), std::string::npos);
    const auto again = sign_in(email);
    EXPECT_EQ(list(*again)["pushSubscriptions"][0]["isCurrent"], false);
    EXPECT_EQ(subscribe(*again, "https://push.example/send/secret", p256dh)["subscription"]["id"], made["subscription"]["id"])
        << "the same browser";
    EXPECT_EQ(unsubscribe(*again, {{"endpoint", "https://push.example/send/secret"}})["subscription"]["id"],
              made["subscription"]["id"]);
    EXPECT_EQ(list(*call)["pushSubscriptions"], Json::array());
    EXPECT_EQ(unsubscribe(*again, {{"subscriptionId", made["subscription"]["id"]}})["errors"][0]["code"], "NOT_FOUND");
}

TEST_F(Notifications, NobodyEndsAnothersAndABrowserIsOfWhoSignedInLast) {
    const auto made = subscribe(*call, "https://push.example/a", p256dh);
    const auto other = sign_in(make_user(site, "owner"));
    EXPECT_EQ(unsubscribe(*other, {{"subscriptionId", made["subscription"]["id"]}})["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(list(*other)["pushSubscriptions"], Json::array());
    subscribe(*other, "https://push.example/a", p256dh);
    EXPECT_EQ(list(*other)["pushSubscriptions"].size(), 1u);
    EXPECT_EQ(list(*call)["pushSubscriptions"], Json::array());
}

TEST_F(Notifications, WhatIsNoSubscriptionIsRefused) {
    EXPECT_EQ(subscribe(*call, "http://push.example/a", p256dh)["errors"][0]["code"], "INVALID");
    EXPECT_EQ(subscribe(*call, "https://push.example/" + std::string(2'048, 'x'), p256dh)["errors"][0]["code"], "INVALID");
    EXPECT_EQ(subscribe(*call, "https://push.example/a", p256dh, "AAAA")["errors"][0]["code"], "INVALID");
    auto bytes = *crypto::from_base64url(p256dh);
    bytes[40] ^= std::byte{1};
    EXPECT_EQ(subscribe(*call, "https://push.example/a", crypto::to_base64url(bytes))["errors"][0]["code"], "INVALID");
    services.push_key.clear();
    EXPECT_EQ(subscribe(*call, "https://push.example/a", p256dh)["errors"][0]["code"], "NO_PUSH");
    EXPECT_EQ(list(*call)["pushKey"], nullptr);
}

TEST_F(Notifications, APersonHasTwentyAtMostAndLoggingOutEndsItsBrowsers) {
    for (int i = 0; i < 22; ++i) subscribe(*call, "https://push.example/" + std::to_string(i), p256dh);
    EXPECT_EQ(list(*call)["pushSubscriptions"].size(), 20u);
    const auto again = sign_in(email);
    ask(*call, "mutation { logout { errors { code } } }");
    EXPECT_EQ(list(*again)["pushSubscriptions"], Json::array());
}

}  // namespace
}  // namespace vivi::test
