// Configuration revisions by the API: who, when, what; the difference of two; the way back, which unbans nobody; whom guests ask.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"
#include "server/db/events.hpp"
#include "server/db/policies.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

constexpr const char* all_revisions = R"(query ($r: ID!, $first: Int! = 20, $after: String) { router(id: $r) {
  revisions(first: $first, after: $after) { edges { cursor node { revision author action isDesired isApplied changes { kind path text } } }
    pageInfo { hasNextPage endCursor } } } })";
constexpr const char* between = R"(query ($r: ID!, $from: Revision!, $to: Revision!) { router(id: $r) {
  configurationChanges(from: $from, to: $to) { kind path text } } })";
constexpr const char* roll_back = R"(mutation ($r: ID!, $to: Revision!, $base: Revision!) {
  rollBack(input: {routerId: $r, toRevision: $to, baseRevision: $base}) {
    router { desiredRevision } revision changes { path text } keptBans errors { code path message } } })";
constexpr const char* set_contact = R"(mutation ($ids: [ID!]!, $contact: String!) {
  setContact(input: {routerIds: $ids, contact: $contact}) { routers { contact desiredRevision } errors { code field } } })";

class RevisionsApi : public Api {
protected:
    Site site = make_site("revisions");
    std::string router_id = api::to_id("Router", site.router);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));

    void set(const std::string& router, const Json& document) {
        must(db::change_policy(api, {site.organisation},
                               {.router = router, .edit = db::replacement(document), .action = "policy.replaced"}));
    }
    db::RouterPolicy policy(const std::string& router) { return must(db::policy(api, {site.organisation}, router)); }
    Json back(std::int64_t to, std::int64_t base, api::Call& call) {
        return payload_of(ask(call, roll_back, {{"r", router_id}, {"to", to}, {"base", base}}), "rollBack");
    }
};

TEST_F(RevisionsApi, SaysWhoDidWhatAndWhatChanged) {
    set(site.router, {{"mode", "allow-listed"}});
    const auto answer =
        ask(*owner, R"(mutation ($r: ID!) { denyDomain(input: {routerId: $r, domain: "bad.example"}) { errors { code } } })",
            {{"r", router_id}});
    ASSERT_TRUE(answer["data"]["denyDomain"]["errors"].empty()) << answer;
    const auto first = ask(*owner, all_revisions, {{"r", router_id}, {"first", 2}})["data"]["router"]["revisions"];
    ASSERT_EQ(first["edges"].size(), 2u) << first;
    const auto& newest = first["edges"][0]["node"];
    EXPECT_EQ(newest["revision"], 3);
    EXPECT_EQ(newest["author"], "owner");
    EXPECT_EQ(newest["action"], "domain.denied");
    EXPECT_EQ(newest["isDesired"], true);
    EXPECT_EQ(newest["isApplied"], false);
    EXPECT_EQ(newest["changes"][0]["text"], "domain bad.example: decision deny");
    EXPECT_EQ(first["edges"][1]["node"]["author"], "") << "nobody who signed in";
    EXPECT_EQ(first["pageInfo"]["hasNextPage"], true);
    const auto rest =
        ask(*owner, all_revisions, {{"r", router_id}, {"after", first["pageInfo"]["endCursor"]}})["data"]["router"]["revisions"];
    ASSERT_EQ(rest["edges"].size(), 1u);
    EXPECT_TRUE(rest["edges"][0]["node"]["changes"].empty()) << "nothing was before the first";

    const auto forth = ask(*owner, between, {{"r", router_id}, {"from", 1}, {"to", 2}})["data"]["router"]["configurationChanges"];
    EXPECT_EQ(forth[0]["path"], "/policy/mode") << forth;
    EXPECT_EQ(code_of(ask(*owner, between, {{"r", router_id}, {"from", 1}, {"to", 9}})), "NOT_FOUND");
}

TEST_F(RevisionsApi, GoingBackIsANewRevisionAndUnbansNobody) {
    must(db::set_configuration(postgres().owner_url(), site.router, R"({"dns":{"strict":true}})"));
    set(site.router, {{"mode", "allow-listed"}, {"devices", {{{"device", phone}, {"decision", "deny"}}}}});
    const auto conflict = back(1, 2, *owner);
    EXPECT_EQ(conflict["errors"][0]["code"], "CONFLICT") << conflict;
    const auto done = back(1, 3, *owner);
    ASSERT_TRUE(done["errors"].empty()) << done;
    EXPECT_EQ(done["revision"], 4);
    EXPECT_EQ(done["router"]["desiredRevision"], 4);
    EXPECT_EQ(done["keptBans"], Json::array({phone}));
    EXPECT_EQ(done["changes"].size(), 2u) << "dns and mode: " << done;
    const auto now = policy(site.router);
    EXPECT_EQ(now.policy.mode, model::Mode::BlockListed);
    EXPECT_FALSE(now.is_strict);
    EXPECT_EQ(now.policy.devices.size(), 1u);
    EXPECT_FALSE(bus.published().empty());
    EXPECT_EQ(number("select detail->>'to' from audit_log where action = 'configuration.rolled_back' and organisation_id = '" +
                     site.organisation + "'"),
              "1");

    const auto same = back(4, 4, *owner);
    EXPECT_EQ(same["revision"], 4) << "nothing to do";
    EXPECT_TRUE(same["changes"].empty());
    EXPECT_EQ(back(77, 4, *owner)["errors"][0]["path"], "toRevision");
    EXPECT_EQ(back(1, 4, *sign_in(make_user(site, "operator")))["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(back(1, 4, *sign_in(make_user(make_site("revision-strangers"), "owner")))["errors"][0]["path"], "routerId");
}

TEST_F(RevisionsApi, ThePolicyOfAnEventGoesBackOnAllItsRouters) {
    const auto second = must(db::accept_router(postgres().owner_url(), {.fingerprint = "SHA256:revisions-second",
                                                                        .organisation = site.organisation,
                                                                        .name = "second",
                                                                        .configuration = minimal_configuration}));
    const db::Actor actor{.user = owner->account->user};
    const auto event =
        must(db::create_event(api, {site.organisation}, {.name = "e", .kind = "school", .time_zone = "UTC"}, actor));
    for (const auto& router : {site.router, second})
        must(db::assign_router(api, {site.organisation}, {.router = router, .event = event.id, .actor = actor}));
    const auto before = policy(site.router).desired_revision;
    set(second, {{"mode", "allow-listed"}});
    EXPECT_EQ(policy(site.router).policy.mode, model::Mode::AllowListed);
    const auto done = back(before, policy(site.router).desired_revision, *owner);
    ASSERT_TRUE(done["errors"].empty()) << done;
    EXPECT_EQ(policy(second).policy.mode, model::Mode::BlockListed);
}

TEST_F(RevisionsApi, WhomGuestsAskIsANewRevisionOfEachRouterThatSaidOtherwise) {
    const auto second = must(db::accept_router(postgres().owner_url(), {.fingerprint = "SHA256:contact-second",
                                                                        .organisation = site.organisation,
                                                                        .name = "second",
                                                                        .configuration = minimal_configuration}));
    const auto ask_for = [&](const std::string& contact, api::Call& call) {
        return payload_of(ask(call, set_contact, {{"ids", {router_id, api::to_id("Router", second)}}, {"contact", contact}}),
                          "setContact");
    };
    const auto said = ask_for("Desk 3, or +33 1 23 45 67 89", *owner);
    ASSERT_TRUE(said["errors"].empty()) << said;
    ASSERT_EQ(said["routers"].size(), 2u) << said;
    for (const auto& router : said["routers"]) {
        EXPECT_EQ(router["contact"], "Desk 3, or +33 1 23 45 67 89");
        EXPECT_EQ(router["desiredRevision"], 2);
    }
    EXPECT_EQ(bus.published().size(), 4u) << "the hub and the viewers of both hear of it";
    EXPECT_EQ(ask_for("Desk 3, or +33 1 23 45 67 89", *owner)["routers"][0]["desiredRevision"], 2) << "it said so already";
    EXPECT_EQ(policy(site.router).policy, policy(second).policy) << "nothing else changed";

    EXPECT_EQ(ask_for("two\nlines", *owner)["errors"][0]["field"], "contact");
    EXPECT_EQ(ask_for(std::string(121, 'x'), *owner)["errors"][0]["code"], "INVALID");
    EXPECT_EQ(ask_for("x", *sign_in(make_user(site, "operator")))["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(ask_for("x", *sign_in(make_user(make_site("contact-strangers"), "owner")))["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(policy(second).desired_revision, 2) << "nothing of that was written";
    EXPECT_EQ(ask_for("", *owner)["routers"][1]["contact"], "");
}

}  // namespace
}  // namespace vivi::test
