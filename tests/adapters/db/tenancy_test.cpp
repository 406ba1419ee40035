// The schema keeps tenants apart: by a walk over pg_class, and through every repository function.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/accounts.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

using Tenancy = Database;

TEST_F(Tenancy, MigratingAgainChangesNothing) {
    const auto before = number("select count(*) || md5(string_agg(sha256, '')) from schema_migrations");
    ASSERT_TRUE(db::migrate(postgres().owner_url()));
    EXPECT_EQ(number("select count(*) || md5(string_agg(sha256, '')) from schema_migrations"), before);
}

TEST_F(Tenancy, EveryTableOfATenantForcesItsPolicy) {
    const auto now = wall_now();
    const auto site = make_site("walk");
    must(db::ingest(hub, batch(site, {traffic(1, now, phone, "a.example", 1, 1)}), now));  // So that there is a partition.
    const std::string tenant_tables =
        " from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'"
        " where c.relkind in ('r', 'p') and (exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = "
        "'organisation_id')"
        " or c.relname = 'organisations')";
    EXPECT_EQ(
        number("select string_agg(c.relname, ' ')" + tenant_tables + " and not (c.relrowsecurity and c.relforcerowsecurity)"),
        "");
    EXPECT_EQ(number("select string_agg(c.relname, ' ')" + tenant_tables +
                     " and not exists (select from pg_policy p where p.polrelid = c.oid)"),
              "");
    EXPECT_EQ(number("select string_agg(c.relname, ' ')" + tenant_tables +
                     " and c.relispartition and c.relacl is not null"
                     " and exists (select from aclexplode(c.relacl) g where g.grantee <> c.relowner)"),
              "")
        << "a granted partition bypasses its parent's policy";
    EXPECT_NE(number("select count(*)" + tenant_tables + " and c.relispartition"), "0");
    EXPECT_EQ(number("select string_agg(p.polrelid::regclass::text, ' ') from pg_policy p where p.polname = 'tenant'"
                     " and pg_get_expr(p.polqual, p.polrelid) not like '%( SELECT current_organisation()%'"),
              "")
        << "asks for the organisation once a row";
}

TEST_F(Tenancy, NoProcessOwnsOrBypassesAnything) {
    const std::string roles = "('vivi_api', 'vivi_auth', 'vivi_hub', 'vivi_staff', 'vivi_xana')";
    EXPECT_EQ(number("select string_agg(rolname, ' ') from pg_roles where rolname in " + roles +
                     " and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)"),
              "");
    EXPECT_EQ(number("select count(*) from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname in " + roles), "0");
    EXPECT_EQ(number("select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname in " + roles),
              "0");
    EXPECT_EQ(number("select count(*) from information_schema.role_table_grants where table_name = 'audit_log' and grantee in " +
                     roles + " and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')"),
              "0");
}

TEST_F(Tenancy, WithoutAnOrganisationThereIsNothing) {
    make_site("somebody");
    EXPECT_TRUE(must(db::routers(api, {})).empty());
}

TEST_F(Tenancy, AnotherOrganisationSeesNothingThroughAnyFunction) {
    const auto now = wall_now();
    const auto ours = make_site("ours");
    const auto theirs = make_site("theirs");
    must(db::ingest(
        hub, batch(ours, {traffic(1, now, phone, "secret.example", 100, 100), lease(2, "granted", now, phone, "10.66.0.50")}),
        now));
    const auto device = must(db::device_changes(api, {ours.organisation}, ours.router, {})).devices.at(0);
    const db::Tenant stranger{theirs.organisation};

    const auto seen = must(db::routers(api, stranger));
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_EQ(seen[0].id, theirs.router);
    EXPECT_EQ(run(db::router(api, stranger, ours.router)).error().code, Code::NotFound);
    EXPECT_TRUE(must(db::devices(api, stranger, {.router = ours.router})).devices.empty());
    EXPECT_EQ(must(db::count_devices(api, stranger, {.router = ours.router})), 0);
    EXPECT_EQ(run(db::device_changes(api, stranger, ours.router, {})).error().code, Code::NotFound);
    EXPECT_TRUE(must(db::traffic_points(api, stranger, ours.router, now - Seconds{600})).empty());
    EXPECT_TRUE(must(db::top_names(api, stranger, ours.router, now - Seconds{600}, 10)).empty());
    EXPECT_EQ(run(db::router_rates(api, stranger, ours.router)).error().code, Code::NotFound);
    EXPECT_EQ(run(db::set_device_banned(api, stranger, {.device = device.id, .is_banned = true})).error().code, Code::NotFound);

    auto forged = batch(ours, {traffic(3, now, phone, "forged.example", 1, 1)});
    forged.organisation = theirs.organisation;
    EXPECT_EQ(run(db::ingest(hub, forged, now)).error().code, Code::Denied);
    auto link = ours.link;
    link.organisation = theirs.organisation;
    EXPECT_EQ(run(db::desired_configuration(hub, link, 0)).error().code, Code::Denied);
    EXPECT_EQ(run(db::note_heard(hub, link)).error().code, Code::Conflict);
    EXPECT_EQ(run(db::note_hello(hub, link, "x", "y", 9)).error().code, Code::Denied);
    EXPECT_FALSE(must(db::device_changes(api, {ours.organisation}, ours.router, {})).devices.empty()) << "and we still see ours";
}

TEST_F(Tenancy, AnAccountSeesOnlyItsMemberships) {
    const auto ours = make_site("accounts");
    make_site("other");
    db::Pool auth{postgres().url("vivi_auth"), 1};
    must(db::create_user(postgres().owner_url(), {.email = "Ann@example.org",
                                                  .name = "Ann",
                                                  .password_hash = "x",
                                                  .organisation = ours.organisation,
                                                  .role = "operator"}));
    const auto credentials = must(db::find_credentials(auth, "ann@example.org"));
    const auto account = must(db::create_session(
        auth, {.user = credentials.user, .token_hash = std::string(64, 'a'), .lifetime = Seconds{60}, .address = "::1"}));
    ASSERT_EQ(account.memberships.size(), 1u);
    EXPECT_EQ(account.memberships[0].organisation, ours.organisation);
    EXPECT_EQ(account.memberships[0].role, db::Role::Operator);
    EXPECT_EQ(must(db::find_session(auth, std::string(64, 'a'))).user, credentials.user);
    EXPECT_TRUE(run(db::delete_session(auth, std::string(64, 'a'), "unix")));
    EXPECT_EQ(run(db::find_session(auth, std::string(64, 'a'))).error().code, Code::NotFound);
}

TEST_F(Tenancy, AnExpiredSessionIsNone) {
    const auto site = make_site("expiry");
    db::Pool auth{postgres().url("vivi_auth"), 1};
    const auto user = must(db::create_user(
        postgres().owner_url(),
        {.email = "late@example.org", .password_hash = "x", .organisation = site.organisation, .role = "viewer"}));
    must(db::create_session(auth, {.user = user, .token_hash = std::string(64, 'b'), .lifetime = Seconds{0}}));
    EXPECT_EQ(run(db::find_session(auth, std::string(64, 'b'))).error().code, Code::NotFound);
}

}  // namespace
}  // namespace vivi::test
