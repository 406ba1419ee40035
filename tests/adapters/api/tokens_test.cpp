// API tokens and links to big screens: what they open, that it is never more than it was, and when it ends.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/caller.hpp"
#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class TokensApi : public Api {
protected:
    Json mutate(api::Call& call, const std::string& name, const std::string& fields, const Json& input) {
        auto type = name;
        type[0] = static_cast<char>(type[0] - 'a' + 'A');
        const auto query =
            "mutation ($i: " + type + "Input!) { " + name + "(input: $i) { " + fields + " errors { code field } } }";
        return payload_of(ask(call, query, {{"i", input}}), name);
    }
    Json create(api::Call& call, Json input) {
        input.emplace("organisationId", organisation_id);
        input.emplace("name", "robot");
        return mutate(call, "createApiToken", "token { id scope email eventId expiresAt } secret", input);
    }
    /// A request that carries the token.
    std::unique_ptr<api::Caller> bearer(const std::string& secret) {
        auto caller = std::make_unique<api::Caller>(services);
        run(caller->identify({.session = owner->token, .bearer = secret}));
        return caller;
    }
    Json ban(api::Call& call) {
        return payload_of(
            ask(call, "mutation ($d: ID!) { setDeviceBanned(input: {deviceId: $d, banned: true}) { errors { code } } }",
                {{"d", device_id}}),
            "setDeviceBanned");
    }
    Json show(api::Call& call) {
        return ask(call, "{ show { eventName routerCount deviceCount devicesOnline bytesUp bytesDown } }");
    }
    std::unique_ptr<api::Caller> screen(const std::string& cookie) {
        auto caller = std::make_unique<api::Caller>(services);
        run(caller->identify({.show = cookie}));
        return caller;
    }

    const WallTime now = wall_now();
    Site site = make_site("tokens");
    std::string organisation_id = api::to_id("Organisation", site.organisation), router_id = api::to_id("Router", site.router);
    std::string event =
        number("insert into events (organisation_id, name) values ('" + site.organisation + "', 'Fair') returning id");
    std::string owner_email = make_user(site, "owner"), operator_email = make_user(site, "operator");
    std::unique_ptr<api::Call> owner = sign_in(owner_email), operators = sign_in(operator_email);
    std::string device_id{};

    void SetUp() override {
        must(db::ingest(hub, batch(site, {traffic(1, now, phone, "secret.example", 1'000, 2'000)}), now));
        device_id = api::to_id("Device", number("select id from devices where router_id = '" + site.router + "'"));
        postgres().sql("update routers set event_id = '" + event + "' where id = '" + site.router + "'");
    }
};

TEST_F(TokensApi, DoWhatTheirScopeSaysAndNothingOfTheirOwn) {
    const auto made = create(*owner, {{"scope", "READ"}});
    const std::string secret = made["secret"];
    EXPECT_TRUE(secret.starts_with("vivi_")) << made;
    EXPECT_EQ(number("select count(*) from api_tokens where encode(token_hash, 'hex') like '%" + secret.substr(5, 8) + "%'"),
              "0");
    const auto reader = bearer(secret);
    EXPECT_EQ(ask(reader->call(), "{ routers { id } }")["data"]["routers"].size(), 1u);
    EXPECT_EQ(ban(reader->call())["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(create(reader->call(), {{"scope", "READ"}})["errors"][0]["code"], "FORBIDDEN") << "tokens make no tokens";
    EXPECT_EQ(mutate(reader->call(), "leaveOrganisation", "", {{"organisationId", organisation_id}})["errors"][0]["code"],
              "FORBIDDEN");
    EXPECT_EQ(code_of(ask(reader->call(), "query ($o: ID!) { auditLog(organisationId: $o) { edges { cursor } } }",
                          {{"o", organisation_id}})),
              "FORBIDDEN");
    EXPECT_TRUE(reader->call().token.empty()) << "the cookie beside it counts for nothing";
    const std::string manager = create(*owner, {{"scope", "MANAGE"}})["secret"];
    EXPECT_TRUE(ban(bearer(manager)->call())["errors"].empty());
}

TEST_F(TokensApi, NeverDoMoreThanTheirUserMayNow) {
    EXPECT_EQ(create(*operators, {{"scope", "MANAGE"}})["errors"][0]["code"], "FORBIDDEN");
    const std::string secret = create(*operators, {{"scope", "OPERATE"}})["secret"];
    EXPECT_TRUE(ban(bearer(secret)->call())["errors"].empty());
    const auto of_user = " where user_id = (select id from users where email = '" + operator_email + "')";
    postgres().sql("update memberships set role = 'viewer'" + of_user);
    EXPECT_EQ(ban(bearer(secret)->call())["errors"][0]["code"], "FORBIDDEN");
    postgres().sql("delete from memberships" + of_user);
    EXPECT_EQ(code_of(ask(bearer(secret)->call(), "{ routers { id } }")), "UNAUTHENTICATED");
}

TEST_F(TokensApi, EndByRevocationByTimeAndWithTheirEvent) {
    const auto made = create(*owner, {{"scope", "READ"}});
    const auto revoked = mutate(*owner, "revokeApiToken", "token { revokedAt }", {{"tokenId", made["token"]["id"]}});
    EXPECT_TRUE(revoked["token"]["revokedAt"].is_string()) << revoked;
    EXPECT_FALSE(bearer(made["secret"])->call().account);

    const auto late = create(*owner, {{"scope", "READ"}, {"days", 1}});
    postgres().sql("update api_tokens set expires_at = now() where id = '" +
                   *api::parse_id("ApiToken", late["token"]["id"].get<std::string>()) + "'");
    EXPECT_FALSE(bearer(late["secret"])->call().account);
    EXPECT_EQ(create(*owner, {{"scope", "READ"}, {"days", 367}})["errors"][0]["field"], "days");

    const std::string bound = create(*owner, {{"scope", "READ"}, {"eventId", api::to_id("Event", event)}})["secret"];
    EXPECT_EQ(ask(bearer(bound)->call(), "{ routers { id } }")["data"]["routers"].size(), 1u);
    postgres().sql("update routers set event_id = null where id = '" + site.router + "'");
    EXPECT_EQ(ask(bearer(bound)->call(), "{ routers { id } }")["data"]["routers"].size(), 0u) << "only what is of the event";
    postgres().sql("update events set closed_at = now() where id = '" + event + "'");
    EXPECT_FALSE(bearer(bound)->call().account);
}

TEST_F(TokensApi, AreListedToTheirUserAndToOwners) {
    create(*owner, {{"scope", "READ"}});
    const auto theirs = create(*operators, {{"scope", "READ"}});
    const auto list = [&](api::Call& call) {
        return ask(call, "query ($o: ID!) { apiTokens(organisationId: $o) { id email } }",
                   {{"o", organisation_id}})["data"]["apiTokens"];
    };
    EXPECT_EQ(list(*owner).size(), 2u);
    ASSERT_EQ(list(*operators).size(), 1u);
    EXPECT_EQ(list(*operators)[0]["email"], operator_email);
    auto elsewhere = sign_in(make_user(make_site("tokens-elsewhere"), "owner"));
    EXPECT_TRUE(list(*elsewhere).is_null());
    const Json token{{"tokenId", theirs["token"]["id"]}};
    EXPECT_EQ(mutate(*elsewhere, "revokeApiToken", "token { id }", token)["errors"][0]["code"], "NOT_FOUND");
    EXPECT_TRUE(mutate(*owner, "revokeApiToken", "token { id }", token)["errors"].empty());
}

TEST_F(TokensApi, ALinkShowsAnEventInNumbersUntilItEnds) {
    const auto made = mutate(*owner, "createShowLink", "link { id eventId } secret",
                             {{"eventId", api::to_id("Event", event)}, {"name", "hall"}});
    auto visitor = stranger();
    EXPECT_EQ(code_of(show(*visitor)), "UNAUTHENTICATED");
    EXPECT_EQ(mutate(*visitor, "openShow", "", {{"token", "wrong"}})["errors"][0]["code"], "NOT_FOUND");
    EXPECT_TRUE(mutate(*visitor, "openShow", "", {{"token", made["secret"]}})["errors"].empty()) << made;
    ASSERT_EQ(visitor->cookies.size(), 1u);
    const auto cookie = auth::show_token_in(visitor->cookies[0].substr(0, visitor->cookies[0].find(';')));
    ASSERT_TRUE(cookie);

    const auto there = screen(*cookie);
    const auto board = show(there->call())["data"]["show"];
    EXPECT_EQ(board["eventName"], "Fair") << board;
    EXPECT_EQ(board["deviceCount"], 1);
    EXPECT_EQ(board["bytesDown"], 2'000);
    EXPECT_EQ(code_of(ask(there->call(), "query ($r: ID!) { devices(routerId: $r) { totalCount } }", {{"r", router_id}})),
              "FORBIDDEN");
    EXPECT_EQ(code_of(ask(there->call(), "{ routers { id } }")), "FORBIDDEN") << "nobody is signed in";
    EXPECT_TRUE(ask(there->call(), "{ me { id } }")["data"]["me"].is_null());

    int gone = 0;
    ASSERT_TRUE(run(revocations.look()));
    there->follow(loop.executor(), [&] { ++gone; });
    mutate(*owner, "revokeShowLink", "link { id }", {{"linkId", made["link"]["id"]}});
    EXPECT_FALSE(screen(*cookie)->call().show);
    ASSERT_TRUE(run(revocations.look()));
    await("the screen's end", [&] {
        loop.run(after(Milliseconds{1}));
        return gone == 1;
    });
    there->follow(loop.executor(), {});

    const auto next = mutate(*owner, "createShowLink", "secret", {{"eventId", api::to_id("Event", event)}, {"name", "bar"}});
    mutate(*visitor, "openShow", "", {{"token", next["secret"]}});
    EXPECT_TRUE(screen(visitor->show_token)->call().show);
    postgres().sql("update events set ends_at = now() where id = '" + event + "'");
    EXPECT_FALSE(screen(visitor->show_token)->call().show) << "the event has ended";
}

}  // namespace
}  // namespace vivi::test
