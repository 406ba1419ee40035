// node(id) and nodes(ids): every type that says it is a Node is found by its id, by nobody who could not see it on an edge.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/nodes.hpp"

#include <algorithm>

#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class Nodes : public Api {
protected:
    Site site = make_site("nodes"), theirs = make_site("other-nodes");
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));

    void SetUp() override {
        const auto now = wall_now();
        must(db::ingest(hub, batch(site, {traffic(1, now, phone, "a.example", 1, 1)}), now));
    }
    std::string device() {
        return api::to_id("Device", number("select id from devices where router_id = '" + site.router + "'"));
    }
    std::string list() {
        const auto answer =
            ask(*owner, R"(mutation ($o: ID!) { importList(input: {organisationId: $o, name: "l", text: "ads.example\n"}) {
          list { id } errors { code message } } })",
                {{"o", api::to_id("Organisation", site.organisation)}});
        return answer["data"]["importList"]["list"]["id"];
    }
    Json of(api::Call& call, const std::string& id) {
        return ask(call, "query ($id: ID!) { node(id: $id) { __typename id ... on Router { name } ... on Device { mac } } }",
                   {{"id", id}});
    }
};

TEST_F(Nodes, EveryTypeThatImplementsNodeHasALoader) {
    std::vector<std::string_view> in_schema, loaders;
    for (const auto* type : engine->schema().type("Node")->possible) in_schema.push_back(type->name);
    for (const auto& type : api::node_types()) loaders.push_back(type.name);
    std::ranges::sort(in_schema);
    std::ranges::sort(loaders);
    EXPECT_EQ(in_schema, loaders);
}

TEST_F(Nodes, AreFoundByTheIdTheyShow) {
    const auto me = ask(*owner, "{ me { id } }")["data"]["me"]["id"].get<std::string>();
    const Json ids{
        api::to_id("Router", site.router),   device(),   me,      api::to_id("Organisation", site.organisation), list(),
        api::to_id("Router", theirs.router), "nonsense", device()};
    const auto found =
        ask(*owner, "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", {{"ids", ids}})["data"]["nodes"];
    ASSERT_EQ(found.size(), 8u);
    const std::vector<std::string> types{"Router", "Device", "User", "Organisation", "ImportedList"};
    for (std::size_t i = 0; i < types.size(); ++i) {
        EXPECT_EQ(found[i]["__typename"], types[i]) << found[i];
        EXPECT_EQ(found[i]["id"], ids[i]);
    }
    EXPECT_TRUE(found[5].is_null()) << "somebody else's";
    EXPECT_TRUE(found[6].is_null());
    EXPECT_EQ(found[7], found[1]);
    EXPECT_EQ(of(*owner, device())["data"]["node"]["mac"], phone);
}

TEST_F(Nodes, AlarmsAndProfilesAreNodesToo) {
    const auto profile =
        ask(*owner, R"(mutation ($r: ID!) { saveProfile(input: {from: {routerId: $r}, name: "fair"}) { profile { id } } })",
            {{"r", api::to_id("Router", site.router)}})["data"]["saveProfile"]["profile"]["id"];
    postgres().sql("insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at) values ('" +
                   site.organisation + "', '" + site.router + "', 'dhcp.rogue', 'x', '{}', now(), now())");
    const auto alarm = ask(*owner, "{ alerts { edges { node { id } } } }")["data"]["alerts"]["edges"][0]["node"]["id"];
    const auto found = ask(*owner, R"(query ($ids: [ID!]!) { nodes(ids: $ids) {
        __typename id ... on Profile { name } ... on Alarm { kind } } })",
                           {{"ids", Json::array({profile, alarm})}})["data"]["nodes"];
    EXPECT_EQ(found[0], (Json{{"__typename", "Profile"}, {"id", profile}, {"name", "fair"}}));
    EXPECT_EQ(found[1], (Json{{"__typename", "Alarm"}, {"id", alarm}, {"kind", "dhcp.rogue"}}));
    auto stranger_ = sign_in(make_user(theirs, "owner"));
    for (const auto& id : {profile, alarm}) EXPECT_TRUE(of(*stranger_, id)["data"]["node"].is_null());
}

TEST_F(Nodes, ADeviceExplainsWhatWouldHappenToIt) {
    const auto asked = ask(*owner, R"(query ($id: ID!) { node(id: $id) { ... on Device {
        name: explain(what: "Good.Example") { decision layer } address: explain(what: "192.0.2.1", port: 443) { decision }
        } } })",
                           {{"id", device()}})["data"]["node"];
    EXPECT_EQ(asked["name"], (Json{{"decision", "ALLOW"}, {"layer", "DEFAULT"}})) << asked;
    EXPECT_EQ(asked["address"]["decision"], "ALLOW");
    EXPECT_EQ(code_of(ask(*owner, R"(query ($id: ID!) { node(id: $id) { ... on Device { explain(what: "a b") { decision } } } })",
                          {{"id", device()}})),
              "BAD_USER_INPUT");
}

TEST_F(Nodes, OfOthersAndOfNobodyLookTheSame) {
    auto stranger_ = sign_in(make_user(theirs, "owner"));
    const auto me = ask(*owner, "{ me { id } }")["data"]["me"]["id"].get<std::string>();
    const auto nothing = of(*stranger_, api::to_id("Device", "00000000-0000-4000-8000-000000000000"));
    EXPECT_TRUE(nothing["data"]["node"].is_null()) << nothing;
    for (const auto& id :
         {api::to_id("Router", site.router), device(), me, api::to_id("Organisation", site.organisation), list()})
        EXPECT_EQ(of(*stranger_, id), nothing) << id;
    auto nobody = stranger();
    EXPECT_EQ(code_of(of(*nobody, device())), "UNAUTHENTICATED");
    const Json many(101, device());
    EXPECT_EQ(code_of(ask(*owner, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {{"ids", many}})), "BAD_USER_INPUT");
}

TEST_F(Nodes, OfAnotherEventAreNotSeenByItsStaff) {
    postgres().sql("insert into events (organisation_id, name) values ('" + site.organisation + "', 'theirs')");
    const auto event = number("select id from events where organisation_id = '" + site.organisation + "'");
    auto viewer = sign_in(make_user(site, "viewer"));
    viewer->account->memberships.at(0).event = event;  // Of one event, which is not the router's.
    EXPECT_TRUE(of(*viewer, api::to_id("Router", site.router))["data"]["node"].is_null());
    EXPECT_TRUE(of(*viewer, device())["data"]["node"].is_null());
    postgres().sql("update routers set event_id = '" + event + "' where id = '" + site.router + "'");
    EXPECT_EQ(of(*viewer, device())["data"]["node"]["mac"], phone);
}

}  // namespace
}  // namespace vivi::test
