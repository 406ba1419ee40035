// GodView and the audit log: every router and user for the staff, what happened for owners, refusals included.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class StaffApi : public Api {
protected:
    std::unique_ptr<api::Call> staff(const std::string& role) {
        static int count = 0;
        const auto email = role + std::to_string(++count) + "@staff.example";
        static const auto hash = auth::hash_password(password);
        postgres().sql("insert into users (email, name, password_hash, staff_role) values ('" + email + "', 'x', '" + *hash +
                       "', '" + role + "')");
        return sign_in(email);
    }
    Json routers(api::Call& call, const Json& variables) {
        return ask(
            call,
            "query ($s: String! = \"\", $f: StaffRouterFilter) { staff { routers(search: $s, state: $f) { edges { node { id name "
            "fingerprint state isOnline organisationName software } } } } }",
            variables)["data"]["staff"]["routers"]["edges"];
    }
    Site site = make_site("godview");
};

TEST_F(StaffApi, FindsEveryRouterUserAndOrganisation) {
    const auto support = staff("support");
    make_user(site, "owner");
    const auto found = routers(*support, {{"s", "odview"}});
    ASSERT_GE(found.size(), 1u) << found;
    EXPECT_EQ(found[0]["node"]["id"], api::to_id("Router", site.router));
    EXPECT_EQ(found[0]["node"]["organisationName"], "godview");
    EXPECT_EQ(found[0]["node"]["isOnline"], true);
    EXPECT_TRUE(routers(*support, {{"s", "100%_"}}).empty()) << "no pattern of a stranger's";
    must(db::note_pending(hub, "SHA256:somebody-new-of-godview"));
    const auto pending = routers(*support, {{"s", "somebody-new-of-godview"}, {"f", "PENDING"}});
    ASSERT_EQ(pending.size(), 1u) << pending;
    EXPECT_TRUE(pending[0]["node"]["organisationName"].is_null());
    EXPECT_TRUE(routers(*support, {{"s", "somebody-new-of-godview"}, {"f", "ACCEPTED"}}).empty());

    const auto people = ask(
        *support, "query ($s: String!) { staff { users(search: $s) { edges { node { email staffRole membershipCount } } } } }",
        {{"s", site.organisation}})["data"]["staff"]["users"]["edges"];
    ASSERT_EQ(people.size(), 1u) << people;
    EXPECT_EQ(people[0]["node"]["membershipCount"], 1);
    const auto organisations =
        ask(*support,
            "{ staff { organisations(search: \"godview\") { edges { node { name memberCount routerCount routersOnline } } } } }");
    EXPECT_EQ(organisations["data"]["staff"]["organisations"]["edges"][0]["node"]["routerCount"], 1) << organisations;
    auto owner = sign_in("owner@" + site.organisation + ".example");
    EXPECT_EQ(code_of(ask(*owner, "{ staff { users { edges { cursor } } } }")), "FORBIDDEN");
}

TEST_F(StaffApi, TheRoleReadsNothingOfWhatARouterSaw) {
    for (const auto* table :
         {"devices", "leases", "traffic", "policy_hits", "device_domains", "domains_seen", "configurations", "alarms"})
        EXPECT_EQ(number("select has_table_privilege('vivi_staff', '" + std::string{table} + "', 'select')"), "f") << table;
    EXPECT_EQ(number("select has_column_privilege('vivi_staff', 'users', 'password_hash', 'select')"), "f");
    EXPECT_EQ(number("select has_column_privilege('vivi_staff', 'sessions', 'token_hash', 'select')"), "f");
}

TEST_F(StaffApi, AdminsAppointAndRevokeAndOthersDoNot) {
    const auto admin = staff("admin");
    const auto support = staff("support");
    const auto set = [&](api::Call& call, const Json& role) {
        return payload_of(
            ask(call,
                "mutation ($u: ID!, $r: StaffRole) { setStaffRole(input: {userId: $u, role: $r}) { user { staffRole } errors "
                "{ code } } }",
                {{"u", api::to_id("User", support->account->user)}, {"r", role}}),
            "setStaffRole");
    };
    EXPECT_EQ(set(*support, "ADMIN")["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(set(*admin, "RELEASE")["user"]["staffRole"], "RELEASE");
    EXPECT_TRUE(set(*admin, nullptr)["user"]["staffRole"].is_null());

    const auto revoke = [&](api::Call& call) {
        return payload_of(
            ask(call, "mutation ($r: ID!) { revokeRouterKey(input: {routerId: $r}) { router { state } errors { code } } }",
                {{"r", api::to_id("Router", site.router)}}),
            "revokeRouterKey");
    };
    EXPECT_EQ(revoke(*support)["errors"][0]["code"], "FORBIDDEN");
    EXPECT_EQ(revoke(*admin)["router"]["state"], "REVOKED");
    EXPECT_EQ(run(db::desired_configuration(hub, site.link, 0)).error().code, Code::Denied) << "what ends the hub's session";
    postgres().sql("update sessions set stepped_up_at = now() - interval '1 hour', created_at = now() - interval '1 hour'");
    EXPECT_EQ(revoke(*admin)["errors"][0]["code"], "STEP_UP_REQUIRED");
}

TEST_F(StaffApi, OwnersReadTheirLogAndRefusalsAreInIt) {
    auto owner = sign_in(make_user(site, "owner"));
    auto viewer = sign_in(make_user(site, "viewer"));
    const auto id = api::to_id("Organisation", site.organisation);
    for (int i = 0; i < 50; ++i)
        ask(*viewer, "query ($r: ID!) { router(id: $r) { policyHits { edges { cursor } } } }",
            {{"r", api::to_id("Router", site.router)}});
    ASSERT_TRUE(run(db::record_denials(auth_pool, denials.take_due(vivi::now()))));
    const auto log =
        ask(*owner,
            "query ($o: ID!) { auditLog(organisationId: $o, action: \"access.\") { edges { node { action target email detail } } "
            "pageInfo { hasNextPage } } }",
            {{"o", id}})["data"]["auditLog"]["edges"];
    ASSERT_EQ(log.size(), 1u) << "fifty refusals are one row: " << log;
    EXPECT_EQ(log[0]["node"]["action"], "access.denied");
    EXPECT_EQ(log[0]["node"]["target"], "Router.policyHits");
    EXPECT_EQ(log[0]["node"]["email"], viewer->account->email);
    const auto file =
        ask(*owner, "query ($o: ID!) { auditExport(organisationId: $o, format: CSV) { text hasNextPage endCursor } }",
            {{"o", id}})["data"]["auditExport"];
    EXPECT_NE(file["text"].get<std::string>().find("\"access.denied\",\"Router.policyHits\""), std::string::npos) << file;
    EXPECT_EQ(file["hasNextPage"], false);
    EXPECT_EQ(code_of(ask(*viewer, "query ($o: ID!) { auditLog(organisationId: $o) { edges { cursor } } }", {{"o", id}})),
              "FORBIDDEN");
    auto elsewhere = sign_in(make_user(make_site("audit-elsewhere"), "owner"));
    EXPECT_EQ(code_of(ask(*elsewhere, "query ($o: ID!) { auditLog(organisationId: $o) { edges { cursor } } }", {{"o", id}})),
              "NOT_FOUND");
    const auto all = ask(*staff("support"), "{ staff { auditLog(action: \"access.denied\") { edges { node { target } } } } }");
    EXPECT_GE(all["data"]["staff"]["auditLog"]["edges"].size(), 1u) << all;
}

}  // namespace
}  // namespace vivi::test
