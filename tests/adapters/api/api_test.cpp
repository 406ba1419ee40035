// Every operation of the API against a real PostgreSQL: what it answers, to whom, and what a stranger learns (nothing).
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"
#include "server/live/messages.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* all_devices = R"(query ($router: ID!, $first: Int! = 100, $after: String, $search: String) {
  devices(routerId: $router, first: $first, after: $after, search: $search) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { cursor node { id mac isRandomisedMac name hostname address firstSeenAt lastSeenAt bytesUp bytesDown rateUp rateDown
                          banState banReason revision } } } })";
constexpr const char* ban = R"(mutation ($device: ID!, $banned: Boolean!, $reason: String) {
  setDeviceBanned(input: {deviceId: $device, banned: $banned, reason: $reason}) {
    device { id banState banReason } errors { code message field } } })";

class ApiTest : public Api {
protected:
    const WallTime now = wall_now();
    Site site = make_site("api");
    std::string router_id = api::to_id("Router", site.router);

    void SetUp() override {
        must(db::ingest(hub,
                        batch(site, {traffic(1, now, phone, "www.example.org", 1'000, 2'000), traffic(2, now, laptop, "", 10, 20),
                                     lease(3, "granted", now, phone, "10.66.0.50", "anns-phone")}),
                        now));
        // However slow this machine is, the rates last as long as the test.
        postgres().sql("update devices set rate_until = now() + interval '1 hour' where router_id = '" + site.router + "'");
    }
};

TEST_F(ApiTest, SignsInAndOut) {
    const auto email = make_user(site, "owner");
    auto call = stranger();
    EXPECT_TRUE(ask(*call, "{ me { id } }")["data"]["me"].is_null());
    const std::string login = R"(mutation ($email: String!, $password: String!) {
      login(input: {email: $email, password: $password}) { user { id email name isStaff memberships { role organisation { id name } } } errors { code } } })";
    const auto refused = ask(*call, login, {{"email", email}, {"password", "wrong password"}});
    EXPECT_EQ(refused["data"]["login"]["errors"][0]["code"], "WRONG_CREDENTIALS") << refused;
    EXPECT_TRUE(call->cookies.empty());
    const auto unknown = ask(*call, login, {{"email", "nobody@example.org"}, {"password", "wrong password"}});
    EXPECT_EQ(unknown["data"]["login"], refused["data"]["login"]) << "who exists is not said";

    const auto answer = ask(*call, login, {{"email", email}, {"password", password}});
    const auto& user = answer["data"]["login"]["user"];
    EXPECT_EQ(user["email"], email) << answer;
    EXPECT_EQ(user["memberships"][0]["role"], "OWNER");
    EXPECT_EQ(user["memberships"][0]["organisation"]["name"], "api");
    ASSERT_EQ(call->cookies.size(), 1u);
    EXPECT_TRUE(call->cookies[0].starts_with("__Host-vivi=" + call->token));
    EXPECT_EQ(ask(*call, "{ me { email } }")["data"]["me"]["email"], email);
    const auto token = call->token;
    EXPECT_TRUE(run(logins.find(token)));

    EXPECT_TRUE(ask(*call, "mutation { logout { errors { code } } }")["data"]["logout"]["errors"].empty());
    EXPECT_TRUE(ask(*call, "{ me { id } }")["data"]["me"].is_null());
    EXPECT_EQ(run(logins.find(token)).error().code, Code::NotFound);
}

TEST_F(ApiTest, ThrottlesEachLoginFieldOfARequest) {
    const auto email = make_user(site, "viewer");
    std::string aliases = "mutation {";
    for (int i = 0; i < 20; ++i)
        aliases += " a" + std::to_string(i) + ": login(input: {email: \"" + email +
                   R"(", password: "guess-number"}) { errors { code } })";
    const auto answer = ask(*stranger(), aliases + " }")["data"];
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(answer["a" + std::to_string(i)]["errors"][0]["code"], i < 5 ? "WRONG_CREDENTIALS" : "TOO_MANY_ATTEMPTS") << i;
}

TEST_F(ApiTest, ThrottlesAllSpellingsOfAMailboxAsOne) {
    const auto email = make_user(site, "viewer");
    const auto domain = email.substr(email.find('@'));
    const std::string spellings[] = {email, "VIEWER" + domain, "viewer+a" + domain, "Viewer+b+c" + domain, " " + email};
    for (const auto& spelling : spellings)
        EXPECT_EQ(run(logins.login({.email = spelling, .password = "guess-number", .address = "192.0.2.7"})).error().code,
                  Code::Denied);
    for (const auto& spelling : spellings)
        EXPECT_EQ(run(logins.login({.email = spelling, .password = password, .address = "192.0.2.8"})).error().code,
                  Code::Overflow)
            << spelling;
}

TEST_F(ApiTest, ShowsRoutersDevicesAndTraffic) {
    auto call = sign_in(make_user(site, "viewer"));
    const auto routers =
        ask(*call, "{ routers { id name linkState lastSeenAt desiredRevision appliedRevision applyError software deviceCount } }")
            ["data"]["routers"];
    ASSERT_EQ(routers.size(), 1u) << routers;
    EXPECT_EQ(routers[0]["id"], router_id);
    EXPECT_EQ(routers[0]["linkState"], "ONLINE");
    EXPECT_EQ(routers[0]["deviceCount"], 2);
    EXPECT_EQ(ask(*call, "query ($id: ID!) { router(id: $id) { name } }", {{"id", router_id}})["data"]["router"]["name"], "api");

    const auto devices = ask(*call, all_devices, {{"router", router_id}})["data"]["devices"];
    EXPECT_EQ(devices["totalCount"], 2) << devices;
    ASSERT_EQ(devices["edges"].size(), 2u);
    const auto found = ask(*call, all_devices, {{"router", router_id}, {"search", "ANNS"}})["data"]["devices"];
    ASSERT_EQ(found["edges"].size(), 1u);
    const auto& device = found["edges"][0]["node"];
    EXPECT_EQ(device["mac"], phone);
    EXPECT_EQ(device["isRandomisedMac"], true);
    EXPECT_EQ(device["address"], "10.66.0.50");
    EXPECT_EQ(device["bytesDown"], 2'000);
    EXPECT_EQ(device["rateDown"], 2'000 * 8 * 4);
    EXPECT_EQ(device["banState"], "NONE");

    const auto first = ask(*call, all_devices, {{"router", router_id}, {"first", 1}})["data"]["devices"];
    EXPECT_EQ(first["pageInfo"]["hasNextPage"], true);
    const auto second = ask(*call, all_devices,
                            {{"router", router_id}, {"first", 1}, {"after", first["pageInfo"]["endCursor"]}})["data"]["devices"];
    EXPECT_EQ(second["pageInfo"]["hasNextPage"], false);
    EXPECT_NE(first["edges"][0]["node"]["id"], second["edges"][0]["node"]["id"]);

    const auto traffic = ask(*call,
                             "query ($r: ID!) { traffic(routerId: $r) { bytesUp bytesDown points { at bytesUp bytesDown } "
                             "topNames(first: 5) { name source bytesUp bytesDown deviceCount } } }",
                             {{"r", router_id}})["data"]["traffic"];
    EXPECT_EQ(traffic["bytesUp"], 1'010) << traffic;
    EXPECT_EQ(traffic["bytesDown"], 2'020);
    EXPECT_EQ(traffic["topNames"][0]["name"], "www.example.org");
    EXPECT_EQ(traffic["topNames"][0]["source"], "SNI");
}

TEST_F(ApiTest, RefusesNonsenseWithAStableCode) {
    auto call = sign_in(make_user(site, "viewer"));
    EXPECT_EQ(code_of(ask(*call, all_devices, {{"router", router_id}, {"first", 0}})), "BAD_USER_INPUT");
    EXPECT_EQ(code_of(ask(*call, all_devices, {{"router", router_id}, {"after", "nonsense"}})), "BAD_USER_INPUT");
    EXPECT_EQ(code_of(ask(*call, all_devices, {{"router", "nonsense"}})), "NOT_FOUND");
    EXPECT_EQ(code_of(ask(*call, "query ($r: ID!) { traffic(routerId: $r, minutes: 0) { bytesUp } }", {{"r", router_id}})),
              "BAD_USER_INPUT");
    EXPECT_TRUE(ask(*call, R"({ router(id: "nonsense") { id } })")["data"]["router"].is_null());
}

TEST_F(ApiTest, SomebodyNotSignedInLearnsNothing) {
    auto call = stranger();
    const auto device = api::to_id("Device", site.router);
    EXPECT_EQ(code_of(ask(*call, "{ routers { id } }")), "UNAUTHENTICATED");
    EXPECT_EQ(code_of(ask(*call, "query ($r: ID!) { router(id: $r) { id } }", {{"r", router_id}})), "UNAUTHENTICATED");
    EXPECT_EQ(code_of(ask(*call, all_devices, {{"router", router_id}})), "UNAUTHENTICATED");
    EXPECT_EQ(code_of(ask(*call, "query ($r: ID!) { traffic(routerId: $r) { bytesUp } }", {{"r", router_id}})),
              "UNAUTHENTICATED");
    EXPECT_EQ(code_of(ask(*call, ban, {{"device", device}, {"banned", true}})), "UNAUTHENTICATED");
}

TEST_F(ApiTest, AnotherTenantsIdsDoNotExist) {
    const auto theirs = make_site("strangers");
    auto call = sign_in(make_user(theirs, "owner"));
    auto ours = sign_in(make_user(site, "owner"));
    const auto device = ask(*ours, all_devices, {{"router", router_id}})["data"]["devices"]["edges"][0]["node"]["id"];
    EXPECT_EQ(ask(*call, "{ routers { id } }")["data"]["routers"].size(), 1u);
    EXPECT_TRUE(ask(*call, "query ($r: ID!) { router(id: $r) { id } }", {{"r", router_id}})["data"]["router"].is_null());
    EXPECT_EQ(code_of(ask(*call, all_devices, {{"router", router_id}})), "NOT_FOUND");
    EXPECT_EQ(code_of(ask(*call, "query ($r: ID!) { traffic(routerId: $r) { bytesUp } }", {{"r", router_id}})), "NOT_FOUND");
    const auto missing =
        ask(*call, ban, {{"device", api::to_id("Device", "00000000-0000-4000-8000-000000000000")}, {"banned", true}});
    EXPECT_EQ(ask(*call, ban, {{"device", device}, {"banned", true}}), missing) << "somebody else's and nobody's look the same";
    EXPECT_EQ(missing["data"]["setDeviceBanned"]["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(number("select count(*) from devices where banned and router_id = '" + site.router + "'"), "0");
}

TEST_F(ApiTest, BansAndTellsTheHubAndTheViewers) {
    auto call = sign_in(make_user(site, "operator"));
    const auto device = ask(*call, all_devices, {{"router", router_id}})["data"]["devices"]["edges"][0]["node"]["id"];
    const auto answer = ask(*call, ban, {{"device", device}, {"banned", true}, {"reason", "noise"}})["data"]["setDeviceBanned"];
    EXPECT_TRUE(answer["errors"].empty()) << answer;
    EXPECT_EQ(answer["device"]["banState"], "SENT");
    EXPECT_EQ(answer["device"]["banReason"], "noise");
    ASSERT_EQ(bus.published().size(), 2u);
    EXPECT_EQ(live::parse_desired(bus.published()[0])->revision, 2);
    EXPECT_EQ(live::parse_changed(bus.published()[1])->router, site.router);
    EXPECT_EQ(number("select user_id is not null and address = '192.0.2.1' from audit_log where action = 'device.banned' and "
                     "organisation_id = '" +
                     site.organisation + "'"),
              "t");

    must(db::ingest(hub, batch(site, {applied(4, now, 2)}), now));
    EXPECT_EQ(ask(*call, ban, {{"device", device}, {"banned", false}})["data"]["setDeviceBanned"]["device"]["banState"],
              "LIFTING");
}

TEST_F(ApiTest, AViewerMayNotBanAndAReasonHasABound) {
    auto viewer = sign_in(make_user(site, "viewer"));
    const auto device = ask(*viewer, all_devices, {{"router", router_id}})["data"]["devices"]["edges"][0]["node"]["id"];
    EXPECT_EQ(code_of(ask(*viewer, ban, {{"device", device}, {"banned", true}})), "FORBIDDEN");
    auto owner = sign_in(make_user(site, "owner"));
    const auto refused =
        ask(*owner, ban, {{"device", device}, {"banned", true}, {"reason", std::string(201, 'x')}})["data"]["setDeviceBanned"];
    EXPECT_EQ(refused["errors"][0]["code"], "TOO_LONG");
    EXPECT_EQ(refused["errors"][0]["field"], "reason");
    EXPECT_TRUE(bus.published().empty());
}

class Subscriptions : public ApiTest {
protected:
    std::unique_ptr<graphql::ResponseStream> open(const std::string& query, const Json& variables) {
        auto stream = loop.run(engine->subscribe(prepare(query, variables), context));
        if (!stream) throw std::runtime_error{stream.error().body};
        return *std::move(stream);
    }
    Json next(graphql::ResponseStream& stream, Milliseconds most = Milliseconds{10'000}) {
        auto response = loop.run(stream.next(), most);
        return response ? Json::parse(response->body) : Json{};
    }
    std::unique_ptr<api::Call> call = sign_in(make_user(site, "owner"));
    graphql::Context context = graphql::Context::of(*call);
    static constexpr const char* changes =
        "subscription ($r: ID!, $after: Revision) { deviceChanged(routerId: $r, after: $after) { revision isSnapshot devices { "
        "id mac rateUp banState } } }";
};

TEST_F(Subscriptions, ASnapshotThenWhatChanged) {
    const auto stream = open(changes, {{"r", router_id}});
    const auto snapshot = next(*stream)["data"]["deviceChanged"];
    EXPECT_EQ(snapshot["isSnapshot"], true) << snapshot;
    EXPECT_EQ(snapshot["devices"].size(), 2u);

    must(db::ingest(hub, batch(site, {traffic(4, now, phone, "a.example", 5, 5)}), now));
    wakeups.wake(site.router);
    const auto delta = next(*stream)["data"]["deviceChanged"];
    EXPECT_EQ(delta["isSnapshot"], false);
    ASSERT_EQ(delta["devices"].size(), 1u) << delta;
    EXPECT_EQ(delta["devices"][0]["mac"], phone);
    EXPECT_GT(delta["revision"], snapshot["revision"]);

    // A viewer that comes back with its revision misses nothing and hears nothing twice.
    must(db::ingest(hub, batch(site, {traffic(5, now, laptop, "a.example", 5, 5)}), now));
    const auto resumed = next(*open(changes, {{"r", router_id}, {"after", delta["revision"]}}))["data"]["deviceChanged"];
    EXPECT_EQ(resumed["isSnapshot"], false);
    ASSERT_EQ(resumed["devices"].size(), 1u);
    EXPECT_EQ(resumed["devices"][0]["mac"], laptop);
}

TEST_F(Subscriptions, ManyDevicesComeInParts) {
    postgres().sql("insert into devices (organisation_id, router_id, mac, revision) select '" + site.organisation + "', '" +
                   site.router +
                   "', ('06:00:00:00:' || lpad(to_hex(i / 256), 2, '0') || ':' || lpad(to_hex(i % 256), 2, '0'))::macaddr, 1 "
                   "from generate_series(1, 1100) i");
    const auto stream = open(changes, {{"r", router_id}});
    std::set<std::string> seen;
    for (const bool is_first : {true, false, false}) {
        const auto part = next(*stream)["data"]["deviceChanged"];
        EXPECT_EQ(part["isSnapshot"], is_first);
        for (const auto& device : part["devices"]) seen.insert(device["mac"]);
        EXPECT_EQ(part["revision"] == 0, seen.size() < 1'102) << "who leaves in between begins anew";
    }
    EXPECT_EQ(seen.size(), 1'102u);
}

TEST_F(Subscriptions, AViewerAheadOfARestoredDatabaseBeginsAnew) {
    const auto answer = next(*open(changes, {{"r", router_id}, {"after", 1'000'000}}))["data"]["deviceChanged"];
    EXPECT_EQ(answer["isSnapshot"], true) << answer;
    EXPECT_EQ(answer["devices"].size(), 2u);
}

TEST_F(Subscriptions, SilenceIsDeliveredWithoutAnyWakeUp) {
    const auto stream = open(changes, {{"r", router_id}});
    EXPECT_GT(next(*stream)["data"]["deviceChanged"]["devices"][0]["rateUp"], 0);
    postgres().sql("update devices set rate_until = now() where router_id = '" + site.router + "'");
    const auto silent = next(*stream)["data"]["deviceChanged"];  // At the recheck.
    EXPECT_EQ(silent["devices"].size(), 2u) << silent;
    EXPECT_EQ(silent["devices"][0]["rateUp"], 0);
}

TEST_F(Subscriptions, ARateThatRanOutWhileNobodyListenedIsDeliveredOnReturn) {
    const auto revision = next(*open(changes, {{"r", router_id}}))["data"]["deviceChanged"]["revision"];
    postgres().sql("update devices set rate_until = now() where mac = '" + std::string{phone} + "' and router_id = '" +
                   site.router + "'");
    const auto resumed = next(*open(changes, {{"r", router_id}, {"after", revision}}))["data"]["deviceChanged"];
    ASSERT_EQ(resumed["devices"].size(), 1u) << resumed;
    EXPECT_EQ(resumed["devices"][0]["rateUp"], 0);
}

TEST_F(Subscriptions, ShowRatesPointsAndNames) {
    const auto answer =
        next(*open("subscription ($r: ID!) { trafficChanged(routerId: $r) { revision rateUp rateDown points { at bytesUp "
                   "bytesDown } topNames { name bytesDown } router { linkState } } }",
                   {{"r", router_id}}))["data"]["trafficChanged"];
    EXPECT_EQ(answer["rateDown"], 2'020 * 8 * 4) << answer;
    EXPECT_EQ(answer["points"][0]["bytesDown"], 2'020);
    EXPECT_EQ(answer["topNames"][0]["name"], "www.example.org");
    EXPECT_EQ(answer["router"]["linkState"], "ONLINE");
}

TEST_F(Subscriptions, AHubThatDiedLeavesARouterOffline) {
    const auto stream =
        open("subscription ($r: ID!) { trafficChanged(routerId: $r) { router { linkState } } }", {{"r", router_id}});
    EXPECT_EQ(next(*stream)["data"]["trafficChanged"]["router"]["linkState"], "ONLINE");
    postgres().sql("update routers set last_seen_at = now() - interval '2 minutes' where id = '" + site.router + "'");
    wakeups.wake(site.router);
    EXPECT_EQ(next(*stream)["data"]["trafficChanged"]["router"]["linkState"], "OFFLINE");
}

TEST_F(Subscriptions, AreRefusedToStrangers) {
    auto nobody = stranger();
    auto their_context = graphql::Context::of(*nobody);
    const auto refused = loop.run(engine->subscribe(prepare(changes, {{"r", router_id}}), their_context));
    ASSERT_FALSE(refused);
    EXPECT_EQ(code_of(Json::parse(refused.error().body)), "UNAUTHENTICATED");
    EXPECT_EQ(wakeups.ears(), 0u);
    EXPECT_EQ(watches.watched(), 0u);
}

TEST_F(Subscriptions, WatchTheirRouterAsLongAsTheyLive) {
    auto stream = open(changes, {{"r", router_id}});
    EXPECT_EQ(watches.watched(), 1u);
    stream.reset();
    EXPECT_EQ(watches.watched(), 0u);
    EXPECT_EQ(wakeups.ears(), 0u);
}

}  // namespace
}  // namespace vivi::test
