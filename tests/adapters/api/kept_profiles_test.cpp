// Profiles kept on the server, by the API: versions that never change, compared, imported, loaded on routers and events.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"
#include "server/db/events.hpp"
#include "server/db/policies.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class KeptProfilesApi : public Api {
protected:
    Site site = make_site("kept-profiles");
    std::string router_id = api::to_id("Router", site.router);
    std::string organisation_id = api::to_id("Organisation", site.organisation);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));

    Json mutate(api::Call& call, const std::string& name, const std::string& input_type, const std::string& fields,
                const Json& input) {
        const auto query = "mutation ($input: " + input_type + "!) { " + name + "(input: $input) { " + fields + " } }";
        const auto answer = ask(call, query, {{"input", input}});
        if (answer.contains("errors") && code_of(answer) != "FORBIDDEN") return answer;
        return payload_of(answer, name);
    }
    Json save(const std::string& name, api::Call& call) {
        return mutate(call, "saveProfile", "SaveProfileInput",
                      "profile { id name version versions { version author checksum } } errors { code path message }",
                      {{"from", {{"routerId", router_id}}}, {"name", name}});
    }
    Json load(Json input, api::Call& call) {
        return mutate(
            call, "loadProfile", "LoadProfileInput",
            "results { revision changes { text } errors { code } } event { id } eventChanges { text } errors { code path }",
            input);
    }
    void set(const std::string& router, const Json& document) {
        must(db::change_policy(api, {site.organisation}, {.router = router, .edit = db::replacement(document), .action = "t"}));
    }
    model::Policy policy(const std::string& router) { return must(db::policy(api, {site.organisation}, router)).policy; }
    Json compare(const Json& left, const Json& right, api::Call& call) {
        return ask(
            call, "query ($l: PolicySourceInput!, $r: PolicySourceInput!) { comparePolicies(left: $l, right: $r) { kind text } }",
            {{"l", left}, {"r", right}});
    }
};

TEST_F(KeptProfilesApi, VersionsAreKeptAndNeverChange) {
    set(site.router, {{"mode", "allow-listed"}, {"never_blocked", {"dash.example"}}});
    const auto first = save("fair", *owner);
    ASSERT_TRUE(first["errors"].empty()) << first;
    EXPECT_EQ(first["profile"]["version"], 1);
    EXPECT_EQ(save("fair", *owner)["profile"]["version"], 1) << "the same again is no version";
    set(site.router, {{"mode", "block-listed"}});
    const auto second = save("fair", *owner)["profile"];
    EXPECT_EQ(second["id"], first["profile"]["id"]);
    ASSERT_EQ(second["versions"].size(), 2u) << second;
    EXPECT_EQ(second["versions"][0]["author"], "owner");
    EXPECT_EQ(second["versions"][1]["checksum"], first["profile"]["versions"][0]["checksum"]);

    const auto document = ask(*owner, "query ($id: ID!) { profile(id: $id) { document(version: 1) } }", {{"id", second["id"]}});
    EXPECT_EQ(document["data"]["profile"]["document"]["policy"]["mode"], "allow-listed") << document;
    EXPECT_TRUE(document["data"]["profile"]["document"]["policy"].value("never_blocked", Json::array()).empty())
        << "that is the router's";
    EXPECT_EQ(code_of(ask(*owner, "query ($id: ID!) { profile(id: $id) { document(version: 9) } }", {{"id", second["id"]}})),
              "NOT_FOUND");

    const auto version = [&](int number) { return Json{{"profile", {{"profileId", second["id"]}, {"version", number}}}}; };
    const auto changes = compare(version(1), version(2), *owner)["data"]["comparePolicies"];
    ASSERT_EQ(changes.size(), 1u) << changes;
    EXPECT_EQ(changes[0]["text"], "mode: allow-listed → block-listed");
    EXPECT_EQ(code_of(compare(version(1), version(9), *owner)), "NOT_FOUND");
}

TEST_F(KeptProfilesApi, IsLoadedOnRoutersAndEvents) {
    set(site.router,
        {{"mode", "allow-listed"},
         {"time_zone", "Asia/Tokyo"},
         {"phases", {{{"name", "show"}, {"from", 1'000}, {"to", 2'000}}, {{"name", "extra"}, {"from", 1'000}, {"to", 2'000}}}}});
    const auto id = save("fair", *owner)["profile"]["id"];
    set(site.router, {{"mode", "block-listed"}});
    const auto trial = load({{"profileId", id}, {"routerIds", {router_id}}, {"dryRun", true}}, *owner);
    ASSERT_TRUE(trial["errors"].empty()) << trial;
    EXPECT_FALSE(trial["results"][0]["changes"].empty());
    EXPECT_EQ(policy(site.router).mode, model::Mode::BlockListed);
    load({{"profileId", id}, {"routerIds", {router_id}}}, *owner);
    EXPECT_EQ(policy(site.router).mode, model::Mode::AllowListed);

    const db::Actor actor{.user = owner->account->user};
    const auto event =
        must(db::create_event(api, {site.organisation}, {.name = "e", .kind = "school", .time_zone = "Europe/Paris"}, actor));
    set(site.router, {{"phases", {{{"name", "show"}, {"from", 5'000}, {"to", 6'000}}}}});
    must(db::assign_router(api, {site.organisation}, {.router = site.router, .event = event.id, .actor = actor}));
    const auto loaded = load({{"profileId", id}, {"version", 1}, {"eventId", api::to_id("Event", event.id)}}, *owner);
    ASSERT_TRUE(loaded["errors"].empty()) << loaded;
    EXPECT_FALSE(loaded["eventChanges"].empty());
    const auto now = policy(site.router);
    EXPECT_EQ(now.mode, model::Mode::AllowListed);
    EXPECT_EQ(now.time_zone, "Europe/Paris") << "where the event is, not where the profile was";
    ASSERT_EQ(now.phases.size(), 2u);
    EXPECT_EQ(to_unix_ms(now.phases[0].from), 5'000) << "and its own show";
    EXPECT_EQ(load({{"routerIds", {router_id}}}, *owner)["errors"][0]["code"], "INVALID") << "which profile?";
}

TEST_F(KeptProfilesApi, IsImportedRenamedAndTakenOffTheList) {
    const model::Profile file{.name = "from a friend", .policy = {.mode = model::Mode::AllowListed}};
    const auto import = [&](const std::string& text) {
        return mutate(*owner, "importProfile", "ImportProfileInput", "profile { id name version } errors { code path message }",
                      {{"organisationId", organisation_id}, {"text", text}});
    };
    const auto imported = import(model::to_json(file).dump());
    ASSERT_TRUE(imported["errors"].empty()) << imported;
    EXPECT_EQ(imported["profile"]["name"], "from a friend");
    auto changed = model::to_json(file);
    changed["policy"]["mode"] = "block-listed";
    EXPECT_EQ(import(changed.dump())["errors"][0]["code"], "INVALID") << "changed after it was saved";
    EXPECT_EQ(import("{")["errors"][0]["code"], "INVALID");

    save("mine", *owner);
    const auto rename = [&](const std::string& name) {
        return mutate(*owner, "renameProfile", "RenameProfileInput", "profile { name } errors { code }",
                      {{"profileId", imported["profile"]["id"]}, {"name", name}});
    };
    EXPECT_EQ(rename("mine")["errors"][0]["code"], "NAME_TAKEN");
    EXPECT_EQ(rename("ours")["profile"]["name"], "ours");
    const auto names = [&] {
        std::string all;
        const auto page =
            ask(*owner, "query ($o: ID!) { profiles(organisationId: $o) { edges { node { name } } } }", {{"o", organisation_id}});
        for (const auto& edge : page["data"]["profiles"]["edges"]) all += edge["node"]["name"].get<std::string>() + " ";
        return all;
    };
    EXPECT_EQ(names(), "mine ours ");
    const auto remove = [&] {
        return mutate(*owner, "deleteProfile", "DeleteProfileInput", "errors { code }",
                      {{"profileId", imported["profile"]["id"]}});
    };
    EXPECT_TRUE(remove()["errors"].empty());
    EXPECT_EQ(remove()["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(names(), "mine ");
    EXPECT_EQ(
        number("select count(*) from audit_log where action like 'profile.%' and organisation_id = '" + site.organisation + "'"),
        "4");
}

TEST_F(KeptProfilesApi, RolesAndStrangers) {
    const auto id = save("fair", *owner)["profile"]["id"];
    EXPECT_EQ(save("fair", *sign_in(make_user(site, "operator")))["errors"][0]["code"], "FORBIDDEN");
    auto theirs = sign_in(make_user(make_site("profile-strangers"), "owner"));
    EXPECT_EQ(save("fair", *theirs)["errors"][0]["code"], "NOT_FOUND");
    EXPECT_TRUE(ask(*theirs, "query ($id: ID!) { profile(id: $id) { name } }", {{"id", id}})["data"]["profile"].is_null());
    EXPECT_EQ(load({{"profileId", id}, {"routerIds", Json::array()}}, *theirs)["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(code_of(compare({{"profile", {{"profileId", id}}}}, {{"routerId", router_id}}, *theirs)), "NOT_FOUND");
    EXPECT_EQ(code_of(ask(*theirs, "query ($o: ID!) { profiles(organisationId: $o) { edges { node { name } } } }",
                          {{"o", organisation_id}})),
              "NOT_FOUND");
}

}  // namespace
}  // namespace vivi::test
