// Members of an organisation: who decides about whom, that an owner is left, and that whoever is removed is gone at once.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/members.hpp"
#include "server/api/caller.hpp"
#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class MembersApi : public Api {
protected:
    Json mutate(api::Call& call, const std::string& name, const std::string& fields, const Json& input) {
        auto type = name;
        type[0] = static_cast<char>(type[0] - 'a' + 'A');
        const auto query =
            "mutation ($i: " + type + "Input!) { " + name + "(input: $i) { " + fields + " errors { code field } } }";
        return payload_of(ask(call, query, {{"i", input}}), name);
    }
    Json change(api::Call& call, const std::string& member, Json input) {
        input["memberId"] = member;
        return mutate(call, "changeMember", "member { role expiresAt }", input);
    }
    std::string member(const std::string& email) {
        return api::to_id("Member", number("select m.id from memberships m join users u on u.id = m.user_id where u.email = '" +
                                           email + "' and m.organisation_id = '" + site.organisation + "'"));
    }
    Json members(api::Call& call, const Json& more = Json::object()) {
        Json variables = more;
        variables["o"] = organisation_id;
        return ask(
            call,
            "query ($o: ID!, $e: ID, $first: Int! = 50, $after: String) { organisation(id: $o) { members(eventId: $e, first: "
            "$first, after: $after) { edges { node { id email role eventId hasEnded } } pageInfo { hasNextPage endCursor } } } }",
            variables);
    }

    /// Lets what was started go on.
    void step() { loop.run(after(Milliseconds{1})); }

    Site site = make_site("members");
    std::string organisation_id = api::to_id("Organisation", site.organisation);
    std::string owner_email = make_user(site, "owner"), organiser_email = make_user(site, "organiser"),
                viewer_email = make_user(site, "viewer");
    std::unique_ptr<api::Call> owner = sign_in(owner_email), organiser = sign_in(organiser_email), viewer = sign_in(viewer_email);
};

TEST_F(MembersApi, AreListedForThoseWhoManageThem) {
    const auto all = members(*organiser)["data"]["organisation"]["members"]["edges"];
    ASSERT_EQ(all.size(), 3u) << all;
    const auto first = members(*owner, {{"first", 2}})["data"]["organisation"]["members"];
    EXPECT_EQ(first["pageInfo"]["hasNextPage"], true);
    const auto rest =
        members(*owner, {{"first", 2}, {"after", first["pageInfo"]["endCursor"]}})["data"]["organisation"]["members"];
    ASSERT_EQ(rest["edges"].size(), 1u);
    EXPECT_EQ(rest["edges"][0], all[2]);
    const auto refused = members(*viewer);
    EXPECT_EQ(code_of(refused), "FORBIDDEN");
    EXPECT_TRUE(refused["data"]["organisation"]["members"].is_null());
    auto elsewhere = sign_in(make_user(make_site("members-elsewhere"), "owner"));
    EXPECT_TRUE(members(*elsewhere)["data"]["organisation"].is_null());
}

TEST_F(MembersApi, NobodyDecidesAboutSomebodyAboveOrGivesMoreThanTheyHave) {
    EXPECT_EQ(change(*organiser, member(owner_email), {{"role", "VIEWER"}})["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(change(*organiser, member(viewer_email), {{"role", "OWNER"}})["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(mutate(*organiser, "removeMember", "member { id }", {{"memberId", member(owner_email)}})["errors"][0]["code"],
              "FORBIDDEN");
    EXPECT_EQ(change(*viewer, member(viewer_email), {{"role", "OWNER"}})["errors"][0]["code"], "FORBIDDEN");
    const auto changed =
        change(*organiser, member(viewer_email), {{"role", "OPERATOR"}, {"expiresAt", "2999-01-01T00:00:00.000Z"}});
    EXPECT_EQ(changed["member"]["role"], "OPERATOR") << changed;
    EXPECT_EQ(changed["member"]["expiresAt"], "2999-01-01T00:00:00.000Z");
    EXPECT_EQ(change(*organiser, member(viewer_email), {{"role", "VIEWER"}})["member"]["expiresAt"], "2999-01-01T00:00:00.000Z");
    EXPECT_TRUE(change(*owner, member(viewer_email), {{"expiresAt", nullptr}})["member"]["expiresAt"].is_null());
    EXPECT_EQ(number("select count(*) from audit_log where organisation_id = '" + site.organisation +
                     "' and action = 'member.changed'"),
              "3");
}

TEST_F(MembersApi, TheLastOwnerStaysUntilTheyHandOver) {
    const Json self{{"memberId", member(owner_email)}};
    EXPECT_EQ(mutate(*owner, "removeMember", "member { id }", self)["errors"][0]["code"], "LAST_OWNER");
    EXPECT_EQ(change(*owner, member(owner_email), {{"role", "ORGANISER"}})["errors"][0]["code"], "LAST_OWNER");
    EXPECT_EQ(change(*owner, member(owner_email), {{"expiresAt", "2999-01-01T00:00:00.000Z"}})["errors"][0]["code"],
              "LAST_OWNER");
    EXPECT_EQ(mutate(*owner, "leaveOrganisation", "", {{"organisationId", organisation_id}})["errors"][0]["code"], "LAST_OWNER");
    EXPECT_EQ(mutate(*organiser, "handOverOwnership", "member { role }", self)["errors"][0]["code"], "FORBIDDEN");

    const auto handed = mutate(*owner, "handOverOwnership", "member { role }", {{"memberId", member(organiser_email)}});
    EXPECT_EQ(handed["member"]["role"], "OWNER") << handed;
    EXPECT_EQ(
        number("select string_agg(role, ' ' order by role) from memberships where organisation_id = '" + site.organisation + "'"),
        "organiser owner viewer");
    EXPECT_TRUE(mutate(*owner, "leaveOrganisation", "", {{"organisationId", organisation_id}})["errors"].empty());
    EXPECT_EQ(number("select count(*) from memberships where organisation_id = '" + site.organisation + "'"), "2");
}

TEST_F(MembersApi, TwoOwnersWhoLeaveAtOnceLeaveOne) {
    change(*owner, member(organiser_email), {{"role", "OWNER"}});
    auto second = sign_in(organiser_email);
    const db::Tenant tenant{site.organisation};
    Result<bool> outcomes[2] = {failed(Code::Internal, ""), failed(Code::Internal, "")};
    loop.run([&]() -> Task<> {
        const auto leave = [&](std::string user, Result<bool>& outcome) -> Task<> {
            auto left = co_await db::leave_organisation(api, tenant, {.user = std::move(user)});
            outcome = left ? Result<bool>{true} : std::unexpected{left.error()};
        };
        co_await together(leave(owner->account->user, outcomes[0]), leave(second->account->user, outcomes[1]));
    }());
    EXPECT_EQ(number("select count(*) from memberships where role = 'owner' and organisation_id = '" + site.organisation + "'"),
              "1");
    EXPECT_NE(outcomes[0].has_value(), outcomes[1].has_value());
}

TEST_F(MembersApi, AnOrganiserOfOneEventDecidesThereOnly) {
    const auto event =
        number("insert into events (organisation_id, name) values ('" + site.organisation + "', 'one') returning id");
    postgres().sql("update memberships set event_id = '" + event + "' where id = '" +
                   *api::parse_id("Member", member(organiser_email)) + "'");
    auto there = sign_in(organiser_email);
    EXPECT_EQ(change(*there, member(viewer_email), {{"role", "OPERATOR"}})["errors"][0]["code"], "NOT_FOUND");
    EXPECT_EQ(code_of(members(*there)), "FORBIDDEN") << "all members are not theirs to see";
    const auto own = members(*there, {{"e", api::to_id("Event", event)}})["data"]["organisation"]["members"]["edges"];
    ASSERT_EQ(own.size(), 1u) << own;
    EXPECT_EQ(own[0]["node"]["email"], organiser_email);
}

TEST_F(MembersApi, WhoeverIsRemovedIsToldToGo) {
    ASSERT_TRUE(run(revocations.look()));
    api::Caller caller{services};
    run(caller.identify({.session = viewer->token}));
    ASSERT_TRUE(caller.call().account);
    int gone = 0;
    caller.follow(loop.executor(), [&] { ++gone; });
    auto context = graphql::Context::of(caller.call());
    const auto operation = prepare("subscription ($r: ID!) { deviceChanged(routerId: $r) { revision } }",
                                   {{"r", api::to_id("Router", site.router)}});
    auto stream = loop.run(engine->subscribe(operation, context));
    ASSERT_TRUE(stream);
    ASSERT_TRUE(loop.run((*stream)->next()));

    change(*owner, member(viewer_email), {{"role", "OPERATOR"}});
    ASSERT_TRUE(run(revocations.look()));
    await("the new role", [&] {
        step();
        return caller.call().account->memberships.at(0).role == db::Role::Operator;
    });
    EXPECT_EQ(gone, 0) << "another role is not the end";

    mutate(*owner, "removeMember", "member { id }", {{"memberId", member(viewer_email)}});
    ASSERT_TRUE(run(revocations.look()));
    wakeups.wake(site.router);
    const auto last = loop.run((*stream)->next());
    ASSERT_TRUE(last);
    EXPECT_NE(last->body.find("NOT_FOUND"), std::string::npos) << "the next delivery looks first: " << last->body;
    await("the end", [&] {
        step();
        return gone == 1;
    });
    ASSERT_TRUE(run(revocations.look()));
    EXPECT_EQ(gone, 1) << "once";
    caller.follow(loop.executor(), {});
}

}  // namespace
}  // namespace vivi::test
