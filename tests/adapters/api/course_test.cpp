// The course of an event by the API: what was refused lately, pools, a policy that is tried, notes, timeline, numbers that
// change. SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"
#include "server/db/events.hpp"
#include "server/db/pools.hpp"
#include "server/db/tokens.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* blocked_of_router = R"(query ($r: ID!, $minutes: Int! = 15, $first: Int! = 20) { router(id: $r) {
  recentlyBlocked(minutes: $minutes, first: $first) { name address deviceCount hits layer rule ruleCount decisionNow } } })";
constexpr const char* trial = R"(query ($input: PolicyTrialInput!) { policyTrial(input: $input) {
  sums { names devices deniedNames deniedDevices deniedQueries allowedNames } denied { name deviceCount askedBy queries ruleAfter bytesDown }
  allowed { name } unknownTags unnamedBytesDown isCut errors { code path } } })";
constexpr const char* timeline = R"(query ($e: ID!, $first: Int! = 50, $after: String) { event(id: $e) {
  timeline(first: $first, after: $after) { edges { node { id kind what text author routerId detail } }
  pageInfo { hasNextPage endCursor } } } })";
constexpr const char* add_note = R"(mutation ($e: ID!, $text: String!, $at: DateTime) {
  addEventNote(input: {eventId: $e, text: $text, at: $at}) { entry { kind text author at } errors { code field } } })";
constexpr const char* pools = "query ($r: ID!) { router(id: $r) { pools { network size leased peak isNearlyFull fullAt } } }";

class Course : public Api {
protected:
    const WallTime now = wall_now();
    Site site = make_site("course");
    std::string router_id = api::to_id("Router", site.router);
    std::string event =
        number("insert into events (organisation_id, name) values ('" + site.organisation + "', 'Fair') returning id");
    std::string event_id = api::to_id("Event", event);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));
    std::unique_ptr<api::Call> viewer = sign_in(make_user(site, "viewer"));
    std::uint64_t sequence = 0;

    void join_event() { postgres().sql("update routers set event_id = '" + event + "' where id = '" + site.router + "'"); }
    db::Entry entry(const std::string& topic, const std::string& members, WallTime at) {
        return {.sequence = ++sequence, .topic = topic, .body = envelope(at) + members + "}"};
    }
    void hit(const std::string& device, const std::string& name, int hits, const std::string& layer = "event_deny",
             WallTime at = wall_now()) {
        const auto who = device.empty() ? std::string{} : R"("device":")" + device + R"(",)";
        must(db::ingest(hub,
                        batch(site, {entry("policy.hit",
                                           R"("tick_ms":250,"revision":1,"by":"dnsd","folded":0,"rows":[{)" + who +
                                               R"("name":")" + name + R"(","layer":")" + layer + R"(","rule":"rule of )" + layer +
                                               R"(","hits":)" + std::to_string(hits) + "}]",
                                           at)}),
                        now));
    }
    void asked(const std::string& device, const std::string& name, int queries, WallTime at = wall_now()) {
        const auto who = device.empty() ? std::string{} : R"("device":")" + device + R"(",)";
        must(db::ingest(hub,
                        batch(site, {entry("domain.seen",
                                           R"("tick_ms":250,"folded":0,"rows":[{)" + who + R"("name":")" + name +
                                               R"(","queries":)" + std::to_string(queries) + "}]",
                                           at)}),
                        now));
    }
    Json tried(const Json& policy, api::Call& call) {
        return ask(call, trial, {{"input", {{"place", {{"routerId", router_id}}}, {"policy", policy}}}});
    }
    Json next(graphql::ResponseStream& stream, const std::string& field) {
        const auto response = loop.run(stream.next(), Milliseconds{15'000});
        return response ? Json::parse(response->body)["data"][field] : Json{};
    }
};

TEST_F(Course, WhatWasRefusedLatelyByNameForAllDevicesTogether) {
    hit(phone, "a.example", 3);
    hit(laptop, "a.example", 2, "category");
    hit(laptop, "b.example", 50);
    hit(phone, "c.example", 9, "banned");
    hit("", "d.example", 1);
    hit(phone, "old.example", 1, "event_deny", now - std::chrono::hours{2});
    const auto answer = ask(*viewer, blocked_of_router, {{"r", router_id}});
    ASSERT_TRUE(answer["data"]["router"].is_object()) << answer;
    const auto rows = answer["data"]["router"]["recentlyBlocked"];
    ASSERT_EQ(rows.size(), 3u) << rows;
    EXPECT_EQ(rows[0], (Json{{"name", "a.example"},
                             {"address", nullptr},
                             {"deviceCount", 2},
                             {"hits", 5},
                             {"layer", "EVENT_DENY"},
                             {"rule", "rule of event_deny"},
                             {"ruleCount", 2},
                             {"decisionNow", "ALLOW"}}));
    EXPECT_EQ(rows[1]["name"], "b.example");
    EXPECT_EQ(rows[2]["deviceCount"], 0) << "nobody knows whose it was";
    EXPECT_EQ(ask(*viewer, blocked_of_router, {{"r", router_id}, {"minutes", 180}})["data"]["router"]["recentlyBlocked"].size(),
              4u);
    EXPECT_EQ(code_of(ask(*viewer, blocked_of_router, {{"r", router_id}, {"first", 101}})), "BAD_USER_INPUT");

    // Of an event: of its routers together; and what is decided now, not what was then.
    const char* of_event = "query ($e: ID!) { event(id: $e) { recentlyBlocked { name decisionNow } } }";
    EXPECT_EQ(ask(*viewer, of_event, {{"e", event_id}})["data"]["event"]["recentlyBlocked"].size(), 0u);
    join_event();
    ask(*owner, "mutation ($r: ID!) { denyDomain(input: {routerId: $r, domain: \"b.example\"}) { errors { code } } }",
        {{"r", router_id}});
    const auto of_its_routers = ask(*viewer, of_event, {{"e", event_id}})["data"]["event"]["recentlyBlocked"];
    ASSERT_EQ(of_its_routers.size(), 3u) << of_its_routers;
    EXPECT_EQ(of_its_routers[1], (Json{{"name", "b.example"}, {"decisionNow", "DENY"}}));
}

TEST_F(Course, ATriedPolicySaysForWhomTheNamesOfADayWouldChange) {
    must(db::ingest(hub, batch(site, {traffic(++sequence, now, phone, "x", 1, 1), traffic(++sequence, now, laptop, "x", 1, 1)}),
                    now));
    asked(phone, "a.games.example", 4);
    asked(laptop, "a.games.example", 1);
    asked(phone, "good.example", 7);
    asked("", "games.example", 2);
    postgres().sql(
        "set timezone = 'UTC'; select ensure_rollup_partitions(now() - interval '1 hour');"
        "insert into traffic_5m select '" +
        site.organisation + "', '" + site.router +
        "', 'name', date_trunc('hour', now() - interval '1 hour'), n, 10, 2000, 1, 1, 2 from unnest(array['a.games.example', "
        "'']) n");
    const Json document{{"mode", "block-listed"},
                        {"domains", Json::array({{{"domain", "games.example"}, {"decision", "deny"}}})},
                        {"categories", Json::array({{{"category", "unheard"}, {"decision", "deny"}}})}};
    const auto found = tried({{"document", document}}, *viewer)["data"]["policyTrial"];
    EXPECT_EQ(found["errors"], Json::array()) << found;
    EXPECT_EQ(
        found["sums"],
        (Json{
            {"names", 3}, {"devices", 2}, {"deniedNames", 2}, {"deniedDevices", 2}, {"deniedQueries", 5}, {"allowedNames", 0}}));
    ASSERT_EQ(found["denied"].size(), 2u);
    EXPECT_EQ(found["denied"][0], (Json{{"name", "a.games.example"},
                                        {"deviceCount", 2},
                                        {"askedBy", 2},
                                        {"queries", 5},
                                        {"ruleAfter", "domain games.example (deny, everybody)"},
                                        {"bytesDown", 2000}}));
    EXPECT_EQ(found["denied"][1]["deviceCount"], 0);
    EXPECT_EQ(found["unknownTags"], Json::array({"category unheard"}));
    EXPECT_EQ(found["unnamedBytesDown"], 2000);
    EXPECT_EQ(found["isCut"], false);

    // Nothing was written; the other policy may be another router's, and is refused like one that is decided.
    EXPECT_EQ(number("select desired_revision from routers where id = '" + site.router + "'"), "1");
    EXPECT_EQ(tried({{"routerId", router_id}}, *viewer)["data"]["policyTrial"]["sums"]["deniedNames"], 0);
    const auto refused = tried({{"document", {{"mode", "sideways"}}}}, *viewer)["data"]["policyTrial"];
    EXPECT_EQ(refused["errors"][0], (Json{{"code", "INVALID"}, {"path", "/mode"}}));
    const auto other = make_site("course-others");
    EXPECT_EQ(tried({{"routerId", api::to_id("Router", other.router)}}, *viewer)["data"]["policyTrial"]["errors"][0]["code"],
              "NOT_FOUND");
    auto stranger_there = sign_in(make_user(other, "owner"));
    EXPECT_EQ(code_of(tried({{"document", document}}, *stranger_there)), "NOT_FOUND");
}

TEST_F(Course, APoolSaysHowFullItIsAndTheAlarmComesAndGoes) {
    must(db::set_configuration(postgres().owner_url(), site.router,
                               R"({"networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22",
                               "dhcp":{"from":"10.66.0.50","to":"10.66.0.59","lease_seconds":3600}}]})"));
    const auto of_router = [&] { return ask(*viewer, pools, {{"r", router_id}})["data"]["router"]["pools"]; };
    EXPECT_EQ(
        of_router(),
        (Json::array(
            {{{"network", "lan"}, {"size", 10}, {"leased", 0}, {"peak", 0}, {"isNearlyFull", false}, {"fullAt", nullptr}}})));
    const auto leased = [&](int host, const std::string& from, const std::string& to, const std::string& ended = "null") {
        postgres().sql(
            "insert into leases (organisation_id, router_id, mac, address, network, state, granted_at, expires_at, ended_at)"
            " values ('" +
            site.organisation + "', '" + site.router + "', '02:00:00:00:01:" + std::to_string(host) + "', '10.66.0." +
            std::to_string(host) + "', 'lan', '" + (ended == "null" ? "granted" : "released") + "', now() + '" + from +
            "', now() + '" + to + "', " + ended + ")");
    };
    // Nine at once two hours ago, four of them still; then one more.
    for (int host = 50; host < 54; ++host) leased(host, "-3 hours", "1 hour");
    for (int host = 54; host < 59; ++host) leased(host, "-3 hours", "1 hour", "now() - interval '2 hours'");
    leased(59, "-10 minutes", "1 hour");
    const auto now_used = of_router()[0];
    EXPECT_EQ(now_used["leased"], 5);
    EXPECT_EQ(now_used["peak"], 9);
    EXPECT_NE(now_used["fullAt"], nullptr) << "one more in half an hour: five are left";
    const auto open = [&] {
        return number(
            "select count(*) from alarms where kind = 'dhcp.pool' and subject = 'lan' and cleared_at is null and router_id = '" +
            site.router + "'");
    };
    must(db::watch_pools(hub));
    EXPECT_EQ(open(), "0");
    for (int host = 54; host < 58; ++host) leased(host, "-1 minute", "1 hour");
    EXPECT_EQ(of_router()[0]["isNearlyFull"], true);
    EXPECT_EQ(must(db::watch_pools(hub)), 1);
    EXPECT_EQ(must(db::watch_pools(hub)), 0) << "the same alarm";
    EXPECT_EQ(open(), "1");
    postgres().sql("update leases set state = 'released', ended_at = now() where host(address) = '10.66.0.57' and router_id = '" +
                   site.router + "'");
    must(db::watch_pools(hub));
    EXPECT_EQ(open(), "0") << "8 of 10 is below 85 %";
}

TEST_F(Course, NotesAndWhatHappenedStandInOneOrder) {
    join_event();
    must(db::ingest(hub, batch(site, {traffic(++sequence, now, phone, "x", 1, 1)}), now));
    postgres().sql("insert into event_phases (organisation_id, event_id, name, starts_at, ends_at) values ('" +
                   site.organisation + "', '" + event + "', 'doors', now() - interval '1 hour', now() + interval '1 hour'), ('" +
                   site.organisation + "', '" + event + "', 'show', now() + interval '1 hour', now() + interval '2 hours')");
    postgres().sql("insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at) values ('" +
                   site.organisation + "', '" + site.router + "', 'dhcp.rogue', 'during', '{}', now(), now()), ('" +
                   site.organisation + "', '" + site.router +
                   "', 'dhcp.rogue', 'before', '{}', now() - interval '1 day', now())");
    const auto device = api::to_id("Device", number("select id from devices where router_id = '" + site.router + "'"));
    ask(*owner, "mutation ($d: ID!) { setDeviceBanned(input: {deviceId: $d, banned: true}) { errors { code } } }",
        {{"d", device}});
    auto operators = sign_in(make_user(site, "operator"));
    const auto noted =
        payload_of(ask(*operators, add_note, {{"e", event_id}, {"text", "Coffee is out — \"again\""}}), "addEventNote");
    EXPECT_EQ(noted["entry"]["author"], "operator") << noted;
    EXPECT_EQ(code_of(ask(*viewer, add_note, {{"e", event_id}, {"text", "x"}})), "FORBIDDEN");
    for (const auto& [text, at] :
         {std::pair{std::string{}, Json{}}, {std::string(501, 'x'), Json{}}, {std::string{"x"}, Json("2100-01-01T00:00:00Z")}})
        EXPECT_EQ(payload_of(ask(*operators, add_note, {{"e", event_id}, {"text", text}, {"at", at}}),
                             "addEventNote")["errors"][0]["code"],
                  "INVALID");

    const auto page = ask(*viewer, timeline, {{"e", event_id}})["data"]["event"]["timeline"];
    std::vector<std::string> lines;
    for (const auto& edge : page["edges"]) {
        const auto& node = edge["node"];
        lines.push_back(node["kind"].get<std::string>() + " " + node["what"].get<std::string>() + " " +
                        node["text"].get<std::string>());
    }
    EXPECT_EQ(lines, (std::vector<std::string>{"NOTE  Coffee is out — \"again\"", "BAN device.banned ", "ALARM dhcp.rogue during",
                                               "PHASE  doors"}));
    EXPECT_EQ(page["edges"][1]["node"]["routerId"], router_id);
    // The same in pages of one.
    std::string after;
    std::vector<Json> one_by_one;
    for (Json part; one_by_one.size() < 10 && (part.is_null() || part["pageInfo"]["hasNextPage"] == true);) {
        part = ask(*viewer, timeline,
                   {{"e", event_id}, {"first", 1}, {"after", after.empty() ? Json{} : Json(after)}})["data"]["event"]["timeline"];
        one_by_one.push_back(part["edges"][0]["node"]);
        after = part["pageInfo"]["endCursor"];
    }
    ASSERT_EQ(one_by_one.size(), 4u);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(one_by_one[i], page["edges"][i]["node"]);

    // What a router does after it left is another's.
    postgres().sql("update routers set event_id = null where id = '" + site.router + "'");
    postgres().sql("insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at) values ('" +
                   site.organisation + "', '" + site.router +
                   "', 'dhcp.conflict', 'after', '{}', clock_timestamp() + interval '1 second', now())");
    EXPECT_EQ(ask(*viewer, timeline, {{"e", event_id}})["data"]["event"]["timeline"]["edges"].size(), 4u);
    auto stranger_there = sign_in(make_user(make_site("course-strangers"), "owner"));
    EXPECT_EQ(ask(*stranger_there, timeline, {{"e", event_id}})["data"]["event"], nullptr);
    EXPECT_EQ(payload_of(ask(*stranger_there, add_note, {{"e", event_id}, {"text", "x"}}), "addEventNote")["errors"][0]["code"],
              "NOT_FOUND");
}

TEST_F(Course, CountsSayNowAndTheMostAtOnce) {
    join_event();
    must(db::ingest(hub, batch(site, {traffic(++sequence, now, phone, "x", 1, 1)}), now));
    postgres().sql("update event_routers set from_at = now() - interval '2 days' where event_id = '" + event + "'");
    postgres().sql(
        "set timezone = 'UTC'; select ensure_rollup_partitions(now() - d * interval '1 hour') from unnest(array[1, 2, 96]) d;"
        "insert into traffic_5m select '" +
        site.organisation + "', '" + site.router +
        "', 'router', date_trunc('hour', now() - d * interval '1 hour'), '', 10, 20, 1, 1, case d when 2 then 40 when 96 then "
        "999 else 7 end"
        " from unnest(array[1, 2, 96]) d");
    const auto counts =
        ask(*viewer,
            "query ($e: ID!) { event(id: $e) { counts { devices devicesOnline peakDevices peakAt bytesDown routersOnline } } }",
            {{"e", event_id}})["data"]["event"]["counts"];
    EXPECT_EQ(counts["devices"], 1) << counts;
    EXPECT_EQ(counts["devicesOnline"], 1);
    EXPECT_EQ(counts["peakDevices"], 40) << "what was before the event does not count";
    EXPECT_NE(counts["peakAt"], nullptr);
    EXPECT_EQ(counts["bytesDown"], 40);
}

TEST_F(Course, ARateIsWhatWentThroughAndNotTheSumOfBursts) {
    join_event();
    const auto then = wall_now() - Seconds{30};
    for (const auto* device : {phone, laptop})  // A quarter of a second of each.
        must(db::ingest(hub, batch(site, {traffic(++sequence, then, device, "x", 1'000'000, 2'000'000)}), now));
    const auto counts = ask(*viewer, "query ($e: ID!) { event(id: $e) { counts { rateUp rateDown } } }",
                            {{"e", event_id}})["data"]["event"]["counts"];
    EXPECT_EQ(counts["rateUp"], 2'000'000 * 8 / 20) << "over 20 s";
    EXPECT_EQ(counts["rateDown"], 4'000'000 * 8 / 20);
    EXPECT_EQ(must(db::show_board(api, {site.organisation}, event)).rate_down, 4'000'000 * 8 / 20) << "on the big screen too";
}

TEST_F(Course, ARouterIsToldOfWhenItIsAnotherOne) {
    auto context = graphql::Context::of(*viewer);
    auto stream = loop.run(engine->subscribe(
        prepare("subscription ($r: ID!) { routerChanged(routerId: $r) { name linkState status { reasons { code } } } }",
                {{"r", router_id}}),
        context));
    ASSERT_TRUE(stream) << stream.error().body;
    EXPECT_EQ(next(**stream, "routerChanged")["name"], "course");
    EXPECT_EQ(watches.watched(), 0u) << "nobody asks the router to send more";
    must(db::ingest(hub, batch(site, {traffic(++sequence, now, phone, "x", 1, 1)}), now));  // No change.
    postgres().sql("insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at) values ('" +
                   site.organisation + "', '" + site.router + "', 'dhcp.rogue', 'x', '{}', now(), now())");
    wakeups.wake(site.router);
    const auto changed = next(**stream, "routerChanged");
    EXPECT_EQ(changed["status"]["reasons"][0]["code"], "ALARMS_OPEN") << changed;
    postgres().sql("update routers set name = 'Hall' where id = '" + site.router + "'");
    wakeups.wake(site.router);
    EXPECT_EQ(next(**stream, "routerChanged")["name"], "Hall");
}

TEST_F(Course, ANameIsNewUntilItWasAskedForBeforeAnywhereAtTheEvent) {
    const char* of_router =
        "query ($r: ID!, $least: Int! = 1, $first: Int! = 20) { router(id: $r) { newNames(leastDevices: $least, first: $first) { "
        "name "
        "deviceCount queries } } }";
    const auto found = [&](Json variables) {
        variables["r"] = router_id;
        return ask(*viewer, of_router, variables)["data"]["router"]["newNames"];
    };
    asked(phone, "new.example", 3);
    asked(laptop, "new.example", 4);
    asked(phone, "one.example", 90);
    EXPECT_EQ(found(Json::object()), Json::array()) << "nothing is known from before: then all of them would be new";
    asked("", "nobody.example", 2);
    asked(phone, "known.example", 1, now - std::chrono::hours{3});
    asked(phone, "known.example", 8);
    EXPECT_EQ(found(Json::object()), (Json{{{"name", "new.example"}, {"deviceCount", 2}, {"queries", 7}},
                                           {{"name", "one.example"}, {"deviceCount", 1}, {"queries", 90}}}));
    EXPECT_EQ(found({{"least", 2}}).size(), 1u);
    EXPECT_EQ(found({{"first", 1}})[0]["name"], "new.example");
    EXPECT_EQ(code_of(ask(*viewer, of_router, {{"r", router_id}, {"first", 101}})), "BAD_USER_INPUT");

    // Another router of the event has had it for hours.
    const char* of_event = "query ($e: ID!) { event(id: $e) { newNames { name deviceCount } } }";
    const auto at_event = [&] { return ask(*viewer, of_event, {{"e", event_id}})["data"]["event"]["newNames"]; };
    EXPECT_EQ(at_event(), Json::array());
    join_event();
    EXPECT_EQ(at_event().size(), 2u);
    const auto other = number("insert into routers (organisation_id, name, fingerprint, state, event_id) values ('" +
                              site.organisation + "', 'foyer', 'SHA256:course-foyer', 'accepted', '" + event + "') returning id");
    postgres().sql("insert into domains_seen (organisation_id, router_id, name, first_seen, last_seen, queries) values ('" +
                   site.organisation + "', '" + other +
                   "', 'new.example', now() - interval '2 hours', now() - interval '2 hours', 1)");
    EXPECT_EQ(at_event(), (Json{{{"name", "one.example"}, {"deviceCount", 1}}}));
}

TEST_F(Course, AScreenIsToldOfNewNumbersUntilItsEventIsNotItsAnyMore) {
    join_event();
    auto screen = stranger();
    screen->show = auth::Place{.organisation = site.organisation, .event = event};
    auto context = graphql::Context::of(*screen);
    auto stream =
        loop.run(engine->subscribe(prepare("subscription { showChanged { eventName deviceCount } }", Json::object()), context));
    ASSERT_TRUE(stream) << stream.error().body;
    EXPECT_EQ(next(**stream, "showChanged"), (Json{{"eventName", "Fair"}, {"deviceCount", 0}}));
    must(db::ingest(hub, batch(site, {traffic(++sequence, now, phone, "x", 1, 1)}), now));
    EXPECT_EQ(next(**stream, "showChanged"), (Json{{"eventName", "Fair"}, {"deviceCount", 1}}));
    screen->show.reset();
    const auto last = loop.run((*stream)->next(), Milliseconds{15'000});
    ASSERT_TRUE(last);
    EXPECT_NE(last->body.find("NOT_FOUND"), std::string::npos) << last->body;
    auto nobody = stranger();
    auto nobodys = graphql::Context::of(*nobody);
    EXPECT_FALSE(loop.run(engine->subscribe(prepare("subscription { showChanged { eventName } }", Json::object()), nobodys)));
}

}  // namespace
}  // namespace vivi::test
