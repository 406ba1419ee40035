// Events by the API: their policy is that of all their routers, in one transaction; who may do what; what strangers learn.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"
#include "server/db/policies.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* event_fields =
    "id name template guests timeZone startsAt endsAt closedAt phases { name startsAt endsAt } "
    "routers { id } routerCount policy { revision document }";

class EventsApi : public Api {
protected:
    Site site = make_site("events");
    std::string second = another_router(site);
    std::string router_id = api::to_id("Router", site.router);
    std::string second_id = api::to_id("Router", second);
    std::string organisation_id = api::to_id("Organisation", site.organisation);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));

    std::string another_router(const Site& of) {
        static int count = 0;
        return must(db::accept_router(postgres().owner_url(), {.fingerprint = "SHA256:another" + std::to_string(++count),
                                                               .organisation = of.organisation,
                                                               .name = "another",
                                                               .configuration = minimal_configuration}));
    }
    Json mutate(api::Call& call, const std::string& name, const std::string& input_type, const std::string& fields,
                const Json& input) {
        const auto query = "mutation ($input: " + input_type + "!) { " + name + "(input: $input) { " + fields + " } }";
        const auto answer = ask(call, query, {{"input", input}});
        return payload_of(answer, name);
    }
    Json create(Json input, api::Call& call) {
        input["organisationId"] = organisation_id;
        return mutate(call, "createEvent", "CreateEventInput",
                      std::string{"event { "} + event_fields + " } errors { code field message }", input);
    }
    std::string make_event(const std::string& name = "Conference") { return create({{"name", name}}, *owner)["event"]["id"]; }
    Json event(const std::string& id, api::Call& call) {
        return ask(call, std::string{"query ($id: ID!) { event(id: $id) { "} + event_fields + " } }",
                   {{"id", id}})["data"]["event"];
    }
    Json assign(const std::string& router, const Json& event_id, api::Call& call, bool is_trial = false) {
        return mutate(call, "assignRouter", "AssignRouterInput",
                      "router { id event { id } } changes { kind path text } errors { code field message }",
                      {{"routerId", router}, {"eventId", event_id}, {"dryRun", is_trial}});
    }
    Json set_policy(const std::string& event_id, const Json& document, std::int64_t base, api::Call& call) {
        return mutate(call, "setEventPolicy", "SetEventPolicyInput",
                      "policy { revision document } errors { code path message } event { phases { name } timeZone }",
                      {{"eventId", event_id}, {"baseRevision", base}, {"document", document}});
    }
    db::RouterPolicy policy(const std::string& router) { return must(db::policy(api, {site.organisation}, router)); }
    void see(const std::string& router, const std::string& mac) {
        postgres().sql("insert into devices (organisation_id, router_id, mac) values ('" + site.organisation + "', '" + router +
                       "', '" + mac + "')");
    }
    std::string device_id(const std::string& router, const std::string& mac) {
        return api::to_id("Device", number("select id from devices where mac = '" + mac + "' and router_id = '" + router + "'"));
    }
};

TEST_F(EventsApi, MakesChangesAndClosesAnEvent) {
    auto made = create({{"name", "Open doors"},
                        {"template", "LAN_PARTY"},
                        {"guests", 250},
                        {"timeZone", "Europe/Paris"},
                        {"startsAt", "2026-12-01T08:00:00Z"},
                        {"endsAt", "2026-12-02T18:00:00Z"}},
                       *owner);
    ASSERT_TRUE(made["errors"].empty()) << made;
    EXPECT_EQ(made["event"]["template"], "LAN_PARTY");
    EXPECT_EQ(made["event"]["startsAt"], "2026-12-01T08:00:00.000Z");
    EXPECT_EQ(made["event"]["policy"]["revision"], 0);
    EXPECT_EQ(made["event"]["policy"]["document"]["time_zone"], "Europe/Paris");
    const std::string id = made["event"]["id"];

    const auto update = [&](const Json& input) {
        return mutate(*owner, "updateEvent", "UpdateEventInput",
                      std::string{"event { "} + event_fields + " } errors { code field message }", input);
    };
    const auto updated = update({{"eventId", id}, {"name", "Closed doors"}, {"endsAt", nullptr}, {"timeZone", "Asia/Tokyo"}});
    ASSERT_TRUE(updated["errors"].empty()) << updated;
    EXPECT_EQ(updated["event"]["name"], "Closed doors");
    EXPECT_EQ(updated["event"]["guests"], 250) << "what was not named stays";
    EXPECT_EQ(updated["event"]["startsAt"], "2026-12-01T08:00:00.000Z");
    EXPECT_TRUE(updated["event"]["endsAt"].is_null());
    EXPECT_EQ(updated["event"]["timeZone"], "Asia/Tokyo");

    assign(router_id, id, *owner);
    const auto closed =
        mutate(*owner, "closeEvent", "CloseEventInput", "event { closedAt routerCount } errors { code }", {{"eventId", id}});
    EXPECT_FALSE(closed["event"]["closedAt"].is_null()) << closed;
    EXPECT_EQ(closed["event"]["routerCount"], 0) << "its routers go on by themselves";
    EXPECT_EQ(update({{"eventId", id}, {"name", "again"}})["errors"][0]["code"], "CLOSED");
    EXPECT_EQ(assign(router_id, id, *owner)["errors"][0]["code"], "CLOSED");
    EXPECT_EQ(set_policy(id, {{"mode", "allow-listed"}}, 1, *owner)["errors"][0]["code"], "CLOSED");
    EXPECT_EQ(number("select string_agg(action, ' ' order by id) from audit_log where organisation_id = '" + site.organisation +
                     "' and target = '" + *api::parse_id("Event", id) + "'"),
              "event.created event.time_zone event.updated event.closed");
}

TEST_F(EventsApi, SaysEverythingThatIsWrong) {
    const auto wrong = create({{"name", ""},
                               {"guests", 0},
                               {"timeZone", "Europe/Atlantis"},
                               {"startsAt", "2026-12-02T08:00:00Z"},
                               {"endsAt", "2026-12-01T08:00:00Z"}},
                              *owner);
    ASSERT_EQ(wrong["errors"].size(), 4u) << wrong;
    std::string fields;
    for (const auto& error : wrong["errors"]) fields += error["field"].get<std::string>() + " ";
    EXPECT_EQ(fields, "name guests timeZone endsAt ");
}

TEST_F(EventsApi, OnePolicyForAllItsRoutersInOneTransaction) {
    const auto id = make_event();
    const auto router = api::to_id("Router", site.router);
    ASSERT_TRUE(assign(router_id, id, *owner)["errors"].empty());
    ASSERT_TRUE(assign(second_id, id, *owner)["errors"].empty());
    EXPECT_EQ(event(id, *owner)["routerCount"], 2);
    const auto base = event(id, *owner)["policy"]["revision"].get<std::int64_t>();
    const auto before = policy(site.router).desired_revision;
    const auto already = bus.published().size();

    const auto set = set_policy(id, {{"mode", "allow-listed"}, {"domains", {{{"domain", "example.org"}, {"decision", "allow"}}}}},
                                base, *owner);
    ASSERT_TRUE(set["errors"].empty()) << set;
    EXPECT_EQ(set["policy"]["revision"], base + 1);
    for (const auto& one : {site.router, second}) {
        EXPECT_EQ(policy(one).policy.mode, model::Mode::AllowListed);
        ASSERT_EQ(policy(one).policy.domains.size(), 1u);
        EXPECT_EQ(policy(one).policy.never_blocked, (std::vector<std::string>{"dash.example", "hub.example"}));
    }
    EXPECT_EQ(policy(site.router).desired_revision, before + 1);
    EXPECT_EQ(bus.published().size(), already + 4) << "each router's hub and viewers hear of it";
    EXPECT_EQ(
        number("select count(*) from audit_log where action = 'event.policy' and organisation_id = '" + site.organisation + "'"),
        "1");

    const auto second_try = set_policy(id, {{"mode", "block-listed"}}, base, *owner);
    EXPECT_EQ(second_try["errors"][0]["code"], "CONFLICT");
    EXPECT_EQ(second_try["policy"]["revision"], base + 1) << "and what is decided now";
    const auto refused = set_policy(id, {{"mode", "sometimes"}, {"domains", {{{"domain", "not a name"}}}}}, base + 1, *owner);
    EXPECT_EQ(refused["errors"].size(), 2u) << refused;
    EXPECT_EQ(refused["errors"][0]["path"], "/mode");
    EXPECT_EQ(policy(second).policy.mode, model::Mode::AllowListed);
}

TEST_F(EventsApi, WhatIsDecidedOnOneRouterHoldsOnAll) {
    const auto id = make_event();
    assign(router_id, id, *owner);
    assign(second_id, id, *owner);
    see(site.router, phone);
    see(second, phone);
    const auto banned =
        ask(*owner, R"(mutation ($d: ID!) { setDeviceBanned(input: {deviceId: $d, banned: true, reason: "noise"}) {
        device { banState } errors { code } } })",
            {{"d", device_id(site.router, phone)}})["data"]["setDeviceBanned"];
    EXPECT_EQ(banned["device"]["banState"], "SENT") << banned;
    EXPECT_EQ(number("select string_agg(banned::text || ' ' || ban_reason, ', ') from devices where organisation_id = '" +
                     site.organisation + "'"),
              "true noise, true noise");
    EXPECT_EQ(policy(second).policy.devices.size(), 1u);
    const auto allowed = ask(*owner, R"(mutation ($r: ID!) { allowDomain(input: {routerId: $r, domain: "example.org"}) {
        policy { revision } errors { code } } })",
                             {{"r", second_id}})["data"]["allowDomain"];
    EXPECT_TRUE(allowed["errors"].empty()) << allowed;
    EXPECT_EQ(policy(site.router).policy.domains.size(), 1u);

    const auto desired = policy(site.router).desired_revision;
    const auto replaced = ask(*owner, R"(mutation ($r: ID!, $base: Revision!, $document: JSON!) {
        setPolicy(input: {routerId: $r, baseRevision: $base, document: $document}) { router { id } errors { code } } })",
                              {{"r", router_id}, {"base", desired}, {"document", {{"mode", "allow-listed"}}}});
    EXPECT_TRUE(replaced["data"]["setPolicy"]["errors"].empty()) << replaced;
    EXPECT_EQ(policy(second).policy.mode, model::Mode::AllowListed);
    EXPECT_EQ(event(id, *owner)["policy"]["document"]["mode"], "allow-listed");
    EXPECT_EQ(number("select count(*) from devices where banned and organisation_id = '" + site.organisation + "'"), "0")
        << "the new document has no ban";
}

TEST_F(EventsApi, TheFirstRouterBringsItsPolicyLaterOnesTheirBans) {
    const auto set = [&](const std::string& router, const Json& document) {
        must(db::change_policy(api, {site.organisation}, {.router = router, .edit = db::replacement(document), .action = "t"}));
    };
    set(site.router, {{"domains", {{{"domain", "kept.example"}}}}});
    set(second, {{"mode", "allow-listed"}, {"devices", {{{"device", laptop}, {"decision", "deny"}, {"reason", "spam"}}}}});
    see(site.router, laptop);
    const auto id = make_event();
    const auto first = assign(router_id, id, *owner);
    ASSERT_TRUE(first["errors"].empty()) << first;
    ASSERT_EQ(policy(site.router).policy.domains.size(), 1u);
    EXPECT_EQ(event(id, *owner)["policy"]["document"]["domains"][0]["domain"], "kept.example");
    EXPECT_EQ(first["router"]["event"]["id"], id);

    const auto trial = assign(second_id, id, *owner, true);
    EXPECT_FALSE(trial["changes"].empty()) << trial;
    EXPECT_EQ(policy(second).policy.mode, model::Mode::AllowListed) << "nothing was written";
    const auto joined = assign(second_id, id, *owner);
    EXPECT_EQ(joined["changes"], trial["changes"]);
    EXPECT_EQ(policy(second).policy.mode, model::Mode::BlockListed);
    EXPECT_EQ(policy(second).policy.domains.size(), 1u);
    ASSERT_EQ(policy(site.router).policy.devices.size(), 1u) << "nobody is unbanned by joining";
    EXPECT_EQ(number("select ban_reason from devices where banned and router_id = '" + site.router + "'"), "spam");

    const auto left = assign(second_id, nullptr, *owner);
    EXPECT_TRUE(left["router"]["event"].is_null()) << left;
    EXPECT_EQ(policy(second).policy.domains.size(), 1u) << "it keeps what it enforces";
    set(second, {{"mode", "allow-listed"}});
    EXPECT_EQ(policy(site.router).policy.mode, model::Mode::BlockListed) << "and decides for itself again";
}

TEST_F(EventsApi, PhasesAreThoseOfThePolicy) {
    const auto id = make_event();
    assign(router_id, id, *owner);
    const auto set_phases = [&](const Json& phases) {
        return mutate(*owner, "setPhases", "SetPhasesInput",
                      "event { phases { name startsAt endsAt } } errors { code field message }",
                      {{"eventId", id}, {"phases", phases}});
    };
    const Json doors{{"name", "doors open"}, {"startsAt", "2026-12-01T08:00:00Z"}, {"endsAt", "2026-12-01T18:00:00Z"}};
    const Json show{{"name", "show"}, {"startsAt", "2026-12-01T20:00:00Z"}, {"endsAt", "2026-12-01T23:00:00Z"}};
    const auto set = set_phases({show, doors});
    ASSERT_TRUE(set["errors"].empty()) << set;
    EXPECT_EQ(set["event"]["phases"][0]["name"], "doors open");
    ASSERT_EQ(policy(site.router).policy.phases.size(), 2u) << "the router evaluates them by itself";

    const auto base = event(id, *owner)["policy"]["revision"].get<std::int64_t>();
    const auto scheduled = set_policy(id,
                                      {{"schedules", {{{"name", "evening"}, {"phases", {"show"}}}}},
                                       {"domains", {{{"domain", "video.example"}, {"schedule", "evening"}}}}},
                                      base, *owner);
    ASSERT_TRUE(scheduled["errors"].empty()) << scheduled;
    EXPECT_EQ(scheduled["event"]["phases"].size(), 2u) << "a document that does not mention them leaves them";
    const auto refused = set_phases({doors});
    ASSERT_EQ(refused["errors"].size(), 1u) << refused;
    EXPECT_EQ(refused["errors"][0]["code"], "INVALID");
    EXPECT_EQ(refused["event"]["phases"].size(), 2u);
    EXPECT_EQ(set_phases({doors, doors})["errors"][0]["field"], "phases/1");
    EXPECT_EQ(
        set_phases({{{"name", "x"}, {"startsAt", "2026-12-01T08:00:00Z"}, {"endsAt", "2026-12-01T08:00:00Z"}}})["errors"].size(),
        1u);
}

TEST_F(EventsApi, PhasesOfAnEventNobodyDecidedOnAreNoDecision) {
    const auto id = make_event();
    const auto set =
        mutate(*owner, "setPhases", "SetPhasesInput", "event { phases { name } policy { revision document } } errors { code }",
               {{"eventId", id},
                {"phases", {{{"name", "show"}, {"startsAt", "2026-12-01T20:00:00Z"}, {"endsAt", "2026-12-01T23:00:00Z"}}}}});
    ASSERT_TRUE(set["errors"].empty()) << set;
    must(db::change_policy(api, {site.organisation},
                           {.router = site.router, .edit = db::replacement({{"mode", "allow-listed"}}), .action = "t"}));
    assign(router_id, id, *owner);
    EXPECT_EQ(policy(site.router).policy.mode, model::Mode::AllowListed) << "the first router brings its own";
    EXPECT_EQ(policy(site.router).policy.phases.size(), 1u);
}

TEST_F(EventsApi, ListsThemInPagesTheNewestFirst) {
    std::vector<std::string> made;
    for (const auto* name : {"one", "two", "three"}) made.push_back(make_event(name));
    const std::string query =
        "query ($o: ID!, $first: Int!, $after: String) { events(organisationId: $o, first: $first, after: $after) {"
        " edges { cursor node { id name } } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    const auto first = ask(*owner, query, {{"o", organisation_id}, {"first", 2}})["data"]["events"];
    ASSERT_EQ(first["edges"].size(), 2u) << first;
    EXPECT_EQ(first["edges"][0]["node"]["name"], "three");
    EXPECT_EQ(first["pageInfo"]["hasNextPage"], true);
    const auto rest =
        ask(*owner, query, {{"o", organisation_id}, {"first", 2}, {"after", first["pageInfo"]["endCursor"]}})["data"]["events"];
    ASSERT_EQ(rest["edges"].size(), 1u);
    EXPECT_EQ(rest["edges"][0]["node"]["name"], "one");
    EXPECT_EQ(rest["pageInfo"]["hasNextPage"], false);
    EXPECT_EQ(code_of(ask(*owner, query, {{"o", organisation_id}, {"first", 101}})), "BAD_USER_INPUT");
    EXPECT_EQ(code_of(ask(*owner, query, {{"o", organisation_id}, {"first", 2}, {"after", "nonsense"}})), "BAD_USER_INPUT");
}

TEST_F(EventsApi, RolesAndStrangers) {
    const auto id = make_event();
    auto viewer = sign_in(make_user(site, "viewer"));
    EXPECT_EQ(event(id, *viewer)["name"], "Conference");
    EXPECT_EQ(create({{"name", "x"}}, *viewer)["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(assign(router_id, id, *viewer)["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(set_policy(id, {{"mode", "allow-listed"}}, 0, *viewer)["errors"][0]["code"], "FORBIDDEN");

    const auto theirs = make_site("events-strangers");
    auto stranger = sign_in(make_user(theirs, "owner"));
    const auto nobody = api::to_id("Event", "00000000-0000-4000-8000-000000000000");
    EXPECT_TRUE(event(id, *stranger).is_null());
    EXPECT_EQ(set_policy(id, {{"mode", "allow-listed"}}, 0, *stranger),
              set_policy(nobody, {{"mode", "allow-listed"}}, 0, *stranger));
    EXPECT_EQ(assign(api::to_id("Router", theirs.router), id, *stranger),
              assign(api::to_id("Router", theirs.router), nobody, *stranger));
    EXPECT_EQ(assign(router_id, id, *stranger)["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(code_of(ask(*this->stranger(), "query ($id: ID!) { event(id: $id) { id } }", {{"id", id}})), "UNAUTHENTICATED");

    // Somebody of one event sees that one and its routers, no other.
    const auto other = make_event("other");
    assign(router_id, id, *owner);
    const auto email = make_user(theirs, "organiser");
    postgres().sql("insert into memberships (organisation_id, user_id, role, event_id) select '" + site.organisation +
                   "', id, 'organiser', '" + *api::parse_id("Event", id) + "' from users where email = '" + email + "'");
    auto helper = sign_in(email);
    EXPECT_EQ(event(id, *helper)["routerCount"], 1);
    EXPECT_TRUE(event(other, *helper).is_null());
    const auto listed =
        ask(*helper, "query ($o: ID!) { events(organisationId: $o) { edges { node { id } } } }", {{"o", organisation_id}});
    ASSERT_EQ(listed["data"]["events"]["edges"].size(), 1u) << listed;
    EXPECT_EQ(create({{"name", "x"}}, *helper)["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(assign(second_id, id, *helper)["errors"][0]["code"], "NOT_FOUND") << "a router that is not of the event";
    EXPECT_TRUE(set_policy(id, {{"mode", "allow-listed"}}, event(id, *helper)["policy"]["revision"], *helper)["errors"].empty());
}

}  // namespace
}  // namespace vivi::test
