// Policies by the API: who may change them, what is refused and why, and that strangers learn nothing.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/profile.hpp"
#include "server/live/messages.hpp"
#include "tests/adapters/api/policy_site.hpp"

namespace vivi::test {
namespace {

constexpr const char* read_policy =
    "query ($r: ID!) { router(id: $r) { desiredRevision policy { revision document checksum } } }";
constexpr const char* reports = R"(query ($r: ID!, $first: Int! = 100, $after: String, $mac: String) { router(id: $r) { id
  policyHits(first: $first, after: $after, mac: $mac) {
    edges { cursor node { at mac name address layer rule by hits } } pageInfo { hasNextPage hasPreviousPage endCursor } } } })";
constexpr const char* all_alarms = R"(query ($r: ID!, $first: Int! = 50, $after: String, $open: Boolean! = false) {
  router(id: $r) { alarms(first: $first, after: $after, open: $open) {
    edges { node { id kind subject detail count at lastAt clearedAt } } pageInfo { hasNextPage endCursor } } } })";
constexpr const char* load_profile = R"(mutation ($routers: [ID!]!, $profile: String!, $dry: Boolean!) {
  loadProfile(input: {routerIds: $routers, profile: $profile, dryRun: $dry}) {
    results { routerId router { id } revision changes { kind path text before after } missingLists errors { code message path } }
    errors { code message path } } })";

TEST_F(PolicyApi, ReadsAndReplacesAPolicyAndTellsTheHub) {
    const auto before = ask(*owner, read_policy, {{"r", router_id}})["data"]["router"]["policy"];
    EXPECT_EQ(before["revision"], 1) << before;
    EXPECT_EQ(before["document"]["mode"], "block-listed");
    auto document = before["document"];
    document["domains"] = {{{"domain", "Bad.Example"}, {"decision", "deny"}}};
    document["devices"] = {{{"device", phone}, {"decision", "deny"}, {"reason", "spam"}}};
    const auto answer = set(document, 1, *owner);
    ASSERT_TRUE(answer["errors"].empty()) << answer;
    EXPECT_EQ(answer["policy"]["revision"], 2);
    EXPECT_EQ(answer["router"]["desiredRevision"], 2);
    EXPECT_EQ(answer["policy"]["document"]["domains"][0]["domain"], "bad.example");
    EXPECT_EQ(answer["policy"]["document"]["never_blocked"], Json({"dash.example", "hub.example"}));
    ASSERT_EQ(bus.published().size(), 2u);
    EXPECT_EQ(live::parse_desired(bus.published()[0])->revision, 2);
    EXPECT_EQ(live::parse_changed(bus.published()[1])->router, site.router);
    EXPECT_EQ(number("select banned || ban_reason from devices where mac = '" + std::string{phone} + "' and router_id = '" +
                     site.router + "'"),
              "truespam");
    const auto after = ask(*owner, read_policy, {{"r", router_id}})["data"]["router"]["policy"];
    EXPECT_NE(after["checksum"], before["checksum"]);
    EXPECT_TRUE(set(after["document"], 2, *owner)["errors"].empty());
    EXPECT_EQ(desired(), 2) << "the same document is no new revision";
}

TEST_F(PolicyApi, SaysEveryProblemAndWhoWasFirst) {
    const auto refused = set({{"mode", "strict"}, {"domains", {{{"domain", "*.example"}}}}}, 1, *owner);
    ASSERT_EQ(refused["errors"].size(), 2u) << refused;
    EXPECT_EQ(refused["errors"][0]["path"], "/mode");
    EXPECT_EQ(refused["errors"][1]["path"], "/domains/0/domain");
    EXPECT_EQ(refused["errors"][1]["code"], "INVALID");
    EXPECT_EQ(refused["policy"]["revision"], 1);
    EXPECT_EQ(set("a text", 1, *owner)["errors"][0]["path"], "");
    EXPECT_TRUE(bus.published().empty());

    EXPECT_TRUE(set({{"mode", "allow-listed"}}, 1, *owner)["errors"].empty());
    const auto late = set({{"mode", "block-listed"}}, 1, *owner);
    EXPECT_EQ(late["errors"][0]["code"], "CONFLICT");
    EXPECT_EQ(late["policy"]["revision"], 2) << "and what is decided now";
    EXPECT_EQ(late["policy"]["document"]["mode"], "allow-listed");
}

TEST_F(PolicyApi, RolesMayWhatTheirWordsSay) {
    auto viewer = sign_in(make_user(site, "viewer"));
    auto operators = sign_in(make_user(site, "operator"));
    auto organiser = sign_in(make_user(site, "organiser"));
    for (auto* call : {viewer.get(), operators.get()})
        EXPECT_EQ(set({{"mode", "allow-listed"}}, 1, *call)["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(click("allowDomain", {{"domain", "a.example"}}, *viewer)["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(click("denyDomain", {{"domain", "a.example"}}, *operators)["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(desired(), 1);
    EXPECT_TRUE(click("allowDomain", {{"domain", "a.example"}, {"minutes", 15}}, *operators)["errors"].empty());
    EXPECT_TRUE(set({{"mode", "allow-listed"}}, 2, *organiser)["errors"].empty());
    EXPECT_EQ(ask(*viewer, read_policy, {{"r", router_id}})["data"]["router"]["policy"]["revision"], 3) << "all may read it";
    const auto hits = ask(*operators, reports, {{"r", router_id}});
    EXPECT_EQ(code_of(hits), "FORBIDDEN");
    EXPECT_EQ(hits["data"]["router"]["id"], router_id) << "the rest is there";
    EXPECT_EQ(code_of(ask(*operators, import_list,
                          {{"input", {{"organisationId", organisation_id}, {"name", "x"}, {"text", "a.example"}}}})),
              "FORBIDDEN");
}

TEST_F(PolicyApi, AClickLetsANameThroughForAWhile) {
    ASSERT_TRUE(set({{"domains", {{{"domain", "games.example"}}}}}, 1, *owner)["errors"].empty());
    const auto answer =
        click("allowDomain", {{"domain", "Games.Example"}, {"device", device_id(phone)}, {"minutes", 15}}, *owner);
    ASSERT_TRUE(answer["errors"].empty()) << answer;
    const auto& rule = answer["policy"]["document"]["domains"][1];
    EXPECT_EQ(rule["device"], phone) << answer;
    EXPECT_NEAR(rule["until"].get<double>(), static_cast<double>(to_unix_ms(now)) + 900'000.0, 120'000.0);
    EXPECT_EQ(explained({{"mac", phone}, {"name", "www.games.example"}}, *owner)["layer"], "DEVICE_ALLOW");
    EXPECT_EQ(explained({{"mac", laptop}, {"name", "www.games.example"}}, *owner)["layer"], "EVENT_DENY");
    EXPECT_EQ(explained({{"mac", phone}, {"name", "games.example"}, {"at", "2099-01-01T00:00:00Z"}}, *owner)["decision"], "DENY");
    EXPECT_EQ(
        number("select detail->>'domain' from audit_log where action = 'domain.allowed' and target = '" + site.router + "'"),
        "Games.Example");

    EXPECT_EQ(click("allowDomain", {{"domain", "x.example"}, {"minutes", 0}}, *owner)["errors"][0]["path"], "minutes");
    EXPECT_EQ(click("allowDomain", {{"domain", "not a name"}}, *owner)["errors"][0]["path"], "/domain");
    const auto other = make_site("another-router");
    must(db::ingest(hub, batch(other, {traffic(1, now, phone, "a.example", 1, 1)}), now));
    const auto theirs = api::to_id("Device", number("select id from devices where router_id = '" + other.router + "'"));
    EXPECT_EQ(click("allowDomain", {{"domain", "x.example"}, {"device", theirs}}, *owner)["errors"][0]["code"], "NOT_FOUND");
}

TEST_F(PolicyApi, ShowsHitsAndAlarmsInPages) {
    std::vector<db::Entry> entries;
    for (std::uint64_t i = 0; i < 5; ++i)
        entries.push_back({.sequence = 3 + i,
                           .topic = "policy.hit",
                           .body = envelope(now) + R"("tick_ms":250,"revision":1,"by":"dnsd","folded":0,"rows":[{"device":")" +
                                   (i < 3 ? phone : laptop) + R"(","name":"n)" + std::to_string(i) +
                                   R"(.example","layer":"event_deny","rule":"a rule","hits":7}]})"});
    entries.push_back({.sequence = 8,
                       .topic = "network.foreign_ra",
                       .body = envelope(now) + R"("interface":"br-lan","device":"02:00:00:00:00:09","router":"fe80::9"})"});
    entries.push_back({.sequence = 9, .topic = "health.dns", .body = envelope(now) + R"("state":"closed","detail":"gone"})"});
    entries.push_back({.sequence = 10, .topic = "health.dns", .body = envelope(now) + R"("state":"ok","detail":""})"});
    must(db::ingest(hub, batch(site, entries), now));

    std::set<std::string> names;
    Json after;
    for (int page_number = 0; page_number < 3; ++page_number) {
        const auto page =
            ask(*owner, reports, {{"r", router_id}, {"first", 2}, {"after", after}})["data"]["router"]["policyHits"];
        for (const auto& edge : page["edges"]) EXPECT_TRUE(names.insert(edge["node"]["name"]).second) << page;
        EXPECT_EQ(page["pageInfo"]["hasNextPage"], page_number < 2);
        EXPECT_EQ(page["pageInfo"]["hasPreviousPage"], page_number > 0);
        after = page["pageInfo"]["endCursor"];
    }
    EXPECT_EQ(names.size(), 5u);
    const auto of_phone = ask(*owner, reports, {{"r", router_id}, {"mac", phone}})["data"]["router"]["policyHits"]["edges"];
    ASSERT_EQ(of_phone.size(), 3u);
    EXPECT_EQ(of_phone[0]["node"]["layer"], "EVENT_DENY");
    EXPECT_EQ(of_phone[0]["node"]["hits"], 7);
    EXPECT_TRUE(of_phone[0]["node"]["address"].is_null());
    EXPECT_EQ(number("select count(*) from audit_log where action = 'policy_hits.read' and target = '" + site.router + "'"), "1")
        << "reading is audited, once an hour";

    const auto alarms = ask(*owner, all_alarms, {{"r", router_id}})["data"]["router"]["alarms"]["edges"];
    ASSERT_EQ(alarms.size(), 2u) << alarms;
    EXPECT_EQ(alarms[0]["node"]["kind"], "health.dns");
    EXPECT_FALSE(alarms[0]["node"]["clearedAt"].is_null());
    EXPECT_EQ(alarms[1]["node"]["detail"]["router"], "fe80::9");
    const auto open = ask(*owner, all_alarms, {{"r", router_id}, {"open", true}})["data"]["router"]["alarms"]["edges"];
    ASSERT_EQ(open.size(), 1u);
    const auto first = ask(*owner, all_alarms, {{"r", router_id}, {"first", 1}})["data"]["router"]["alarms"];
    const auto second = ask(*owner, all_alarms, {{"r", router_id}, {"first", 1}, {"after", first["pageInfo"]["endCursor"]}});
    EXPECT_EQ(second["data"]["router"]["alarms"]["edges"][0]["node"]["kind"], "network.foreign_ra") << second;
    EXPECT_EQ(code_of(ask(*owner, all_alarms, {{"r", router_id}, {"after", of_phone[0]["cursor"]}})), "BAD_USER_INPUT")
        << "a cursor of another list";
}

TEST_F(PolicyApi, AProfileSavedOnOneRouterIsLoadedOnOthers) {
    const Json document{{"mode", "allow-listed"},
                        {"devices", {{{"device", phone}, {"decision", "deny"}, {"reason", "spam"}}}},
                        {"lists", {{{"list", "ads"}, {"sha256", std::string(64, 'a')}, {"format", "hosts"}}}},
                        {"protected_devices", {laptop}}};
    ASSERT_TRUE(set(document, 1, *owner)["errors"].empty());
    const auto profile = ask(*owner, R"(query ($r: ID!) { router(id: $r) { profile(name: "Spring fair") } })",
                             {{"r", router_id}})["data"]["router"]["profile"];
    ASSERT_TRUE(model::parse_profile(profile)) << profile;

    // The second router is of the same organisation, the third is not.
    const auto second = must(db::accept_router(postgres().owner_url(), {.fingerprint = "SHA256:second" + site.router,
                                                                        .organisation = site.organisation,
                                                                        .name = "second",
                                                                        .configuration = minimal_configuration}));
    const auto third = make_site("profile-strangers");
    const Json routers{api::to_id("Router", second), router_id, api::to_id("Router", third.router)};
    Json variables{{"routers", routers}, {"profile", profile.dump()}, {"dry", true}};
    const auto tried = ask(*owner, load_profile, variables)["data"]["loadProfile"];
    ASSERT_TRUE(tried["errors"].empty()) << tried;
    ASSERT_EQ(tried["results"].size(), 3u);
    EXPECT_EQ(tried["results"][0]["revision"], 1) << "nothing is written";
    EXPECT_GE(tried["results"][0]["changes"].size(), 4u) << tried;
    EXPECT_EQ(tried["results"][0]["missingLists"], Json({"ads"}));
    EXPECT_TRUE(tried["results"][1]["changes"].empty()) << "where it was saved it changes nothing";
    EXPECT_EQ(tried["results"][2]["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(must(db::policy(api, {site.organisation}, second)).desired_revision, 1);

    variables["dry"] = false;
    const auto loaded = ask(*owner, load_profile, variables)["data"]["loadProfile"];
    EXPECT_EQ(loaded["results"][0]["revision"], 2) << loaded;
    EXPECT_EQ(loaded["results"][0]["changes"], tried["results"][0]["changes"]);
    const auto policy = must(db::policy(api, {site.organisation}, second)).policy;
    EXPECT_EQ(policy.mode, model::Mode::AllowListed);
    EXPECT_EQ(policy.protected_devices, std::vector{*parse_mac(laptop)});
    EXPECT_EQ(policy.never_blocked, (std::vector<std::string>{"dash.example", "hub.example"}));
    EXPECT_EQ(must(db::policy(api, {third.organisation}, third.router)).desired_revision, 1);

    auto broken = profile;
    broken["policy"]["mode"] = "strict";
    variables["profile"] = broken.dump();
    const auto refused = ask(*owner, load_profile, variables)["data"]["loadProfile"];
    EXPECT_TRUE(refused["results"].empty());
    EXPECT_EQ(refused["errors"][0]["path"], "/policy/mode") << refused;
    auto operators = sign_in(make_user(site, "operator"));
    variables["profile"] = profile.dump();
    EXPECT_EQ(code_of(ask(*operators, load_profile, variables)), "FORBIDDEN");
}

TEST_F(PolicyApi, SomebodyElsesRouterIsNotThere) {
    const auto theirs = make_site("policy-api-strangers");
    auto stranger_owner = sign_in(make_user(theirs, "owner"));
    EXPECT_EQ(set({{"mode", "allow-listed"}}, 1, *stranger_owner)["errors"][0]["code"], "NOT_FOUND");
    for (const auto* verb : {"allowDomain", "denyDomain"})
        EXPECT_EQ(click(verb, {{"domain", "a.example"}}, *stranger_owner)["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(code_of(explained({{"name", "a.example"}}, *stranger_owner)), "NOT_FOUND");
    EXPECT_TRUE(ask(*stranger_owner, read_policy, {{"r", router_id}})["data"]["router"].is_null());
    EXPECT_TRUE(ask(*stranger_owner, reports, {{"r", router_id}})["data"]["router"].is_null());
    EXPECT_TRUE(ask(*stranger_owner, all_alarms, {{"r", router_id}})["data"]["router"].is_null());
    EXPECT_EQ(code_of(ask(*stranger_owner, "query ($o: ID!) { lists(organisationId: $o) { name } }", {{"o", organisation_id}})),
              "NOT_FOUND");
    EXPECT_EQ(ask(*stranger_owner, import_list,
                  {{"input", {{"organisationId", organisation_id}, {"name", "x"}, {"text", "a.example"}}}})["data"]["importList"]
                                                                                                           ["errors"][0]["code"],
              "NOT_FOUND");
    EXPECT_EQ(desired(), 1);
    auto nobody = stranger();
    EXPECT_EQ(code_of(ask(*nobody, set_policy, {{"r", router_id}, {"base", 1}, {"document", Json::object()}})),
              "UNAUTHENTICATED");
    EXPECT_EQ(code_of(explained({{"name", "a.example"}}, *nobody)), "UNAUTHENTICATED");
}

TEST_F(PolicyApi, AnAlarmReachesWhoLooksAtTheRouter) {
    auto context = graphql::Context::of(*owner);
    const std::string query =
        "subscription ($r: ID!) { trafficChanged(routerId: $r) { revision router { alarms(open: true) { edges { node { kind } } "
        "} } } }";
    auto stream = loop.run(engine->subscribe(prepare(query, {{"r", router_id}}), context));
    ASSERT_TRUE(stream);
    const auto next = [&] { return Json::parse(loop.run((*stream)->next())->body)["data"]["trafficChanged"]; };
    EXPECT_TRUE(next()["router"]["alarms"]["edges"].empty());
    const auto ingested = must(db::ingest(
        hub,
        batch(site, {{.sequence = 3, .topic = "health.firewall", .body = envelope(now) + R"("state":"refused","detail":"x"})"}}),
        now));
    EXPECT_EQ(ingested.kinds, std::vector<std::string>{"alarms"});
    wakeups.wake(site.router);
    const auto change = next();
    EXPECT_EQ(change["router"]["alarms"]["edges"][0]["node"]["kind"], "health.firewall") << change;
}

}  // namespace
}  // namespace vivi::test
