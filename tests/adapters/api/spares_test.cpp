// A spare takes the place of a broken router by the API: who may, what goes with it, what becomes of the broken machine.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/spares.hpp"

#include "common/core/crypto.hpp"
#include "server/api/ids.hpp"
#include "server/db/custody.hpp"
#include "server/db/erasure.hpp"
#include "server/db/lists.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class SparesApi : public Api {
protected:
    Site site = make_site("spares");
    std::string spare_key = "SHA256:spare-of-" + site.router;
    std::string spare = must(db::accept_router(postgres().owner_url(), {.fingerprint = spare_key,
                                                                        .organisation = site.organisation,
                                                                        .name = "in the box",
                                                                        .configuration = minimal_configuration}));
    std::string key = of(site.router, "fingerprint");
    std::unique_ptr<api::Call> organiser = sign_in(make_user(site, "organiser"));

    std::string of(const std::string& router, const std::string& column) {
        return number("select " + column + " from routers where id = '" + router + "'");
    }
    Json replace(api::Call& call, const std::string& broken, const std::string& by) {
        const auto answer = ask(call,
                                "mutation ($input: ReplaceRouterInput!) { replaceRouter(input: $input) { router { id name"
                                " desiredRevision appliedRevision event { name } } leases errors { code field } } }",
                                {{"input", {{"routerId", api::to_id("Router", broken)}, {"spareId", api::to_id("Router", by)}}}});
        if (answer.contains("errors") && code_of(answer) != "FORBIDDEN") return answer;
        return payload_of(answer, "replaceRouter");
    }
    std::string refusal(api::Call& call, const std::string& broken, const std::string& by) {
        return replace(call, broken, by)["errors"][0]["code"];
    }
    /// Phone has a running lease, the laptop's is over by an hour, a third has given its address back.
    void lease_some() {
        const auto now = wall_now();
        must(db::ingest(
            hub,
            batch(site, {lease(1, "granted", now + 1h, phone, "10.66.0.50"), lease(2, "granted", now - 1h, laptop, "10.66.0.51"),
                         lease(3, "granted", now + 1h, "02:00:00:00:00:03", "10.66.0.52"),
                         lease(4, "released", now + 1h, "02:00:00:00:00:03", "10.66.0.52")}),
            now));
    }
    /// What the spare is sent now.
    Json sent() {
        const auto link = must(db::start_session(hub, must(db::find_enrolment(hub, spare_key)), "hub-2"));
        return Json::parse(must(db::desired_configuration(hub, link, 0))->document);
    }
};

TEST_F(SparesApi, IsThatRouterFromThenOn) {
    lease_some();
    postgres().sql("with e as (insert into events (organisation_id, name) values ('" + site.organisation +
                   "', 'Fair') returning id) update routers set event_id = e.id from e where routers.id = '" + site.router + "'");
    const auto custody = of(site.router, "custody_id"), custody_of_spare = of(spare, "custody_id");
    const auto done = replace(*organiser, site.router, spare);
    ASSERT_TRUE(done["errors"].empty()) << done;
    EXPECT_EQ(done["router"]["id"], api::to_id("Router", site.router));
    EXPECT_EQ(done["router"]["name"], "spares");
    EXPECT_EQ(done["router"]["event"]["name"], "Fair");
    EXPECT_EQ(done["router"]["desiredRevision"], 2);
    EXPECT_EQ(done["router"]["appliedRevision"], 0);
    EXPECT_EQ(done["leases"], 2);

    // The spare's key opens the row; the session of before may not write any more.
    const auto enrolment = must(db::find_enrolment(hub, spare_key));
    EXPECT_EQ(enrolment.router, site.router);
    EXPECT_EQ(enrolment.custody, custody_of_spare) << "its custody goes on: there is nothing to forget";
    EXPECT_EQ(run(db::desired_configuration(hub, site.link, 0)).error().code, Code::Conflict);
    const auto document = sent();
    EXPECT_EQ(document["revision"], 2);
    EXPECT_EQ(document["custody"], custody_of_spare);

    // The broken machine is nobody's, and has to forget.
    EXPECT_EQ(must(db::find_enrolment(hub, key)).state, db::RouterState::Pending);
    EXPECT_EQ(must(db::open_return(hub, key)), custody);
    EXPECT_EQ(must(db::open_return(hub, spare_key)), "");
    EXPECT_EQ(ask(*organiser, "{ routers { id } }")["data"]["routers"].size(), 1u);
    EXPECT_EQ(
        number("select detail ->> 'spare' from audit_log where action = 'router.replaced' and target = '" + site.router + "'"),
        spare);
}

TEST_F(SparesApi, TheLeasesAreATextThatTheSpareFetches) {
    lease_some();
    ASSERT_TRUE(replace(*organiser, site.router, spare)["errors"].empty());
    const auto sha256 = sent()["carried_leases"].get<std::string>();
    const auto part = must(db::list_part(hub, {site.organisation}, sha256, 0, 100'000));
    EXPECT_EQ(crypto::to_hex(crypto::sha256(as_bytes(part.bytes))), sha256);
    const auto leases = Json::parse(part.bytes)["leases"];
    ASSERT_EQ(leases.size(), 2u) << leases;
    EXPECT_EQ(leases[0]["address"], "10.66.0.50");
    EXPECT_EQ(leases[0]["device"], phone);
    EXPECT_EQ(leases[0]["duration_seconds"], 3600);
    EXPECT_EQ(leases[0]["vendor_class"], "android");
    EXPECT_EQ(leases[1]["address"], "10.66.0.51");
    EXPECT_EQ(must(db::list_part(hub, {make_site("spares-strangers").organisation}, sha256, 0, 100)).size, 0);
    EXPECT_EQ(
        number("select count(*) from configurations where router_id = '" + site.router + "' and document ? 'carried_leases'"),
        "0");
}

TEST_F(SparesApi, ErasingGuestsErasesWhatIsCarried) {
    lease_some();
    ASSERT_TRUE(replace(*organiser, site.router, spare)["errors"].empty());
    must(db::purge(api, {site.organisation},
                   {.kind = db::PurgeKind::Device,
                    .target = number("select id from devices where router_id = '" + site.router + "' limit 1")}));
    EXPECT_EQ(number("select count(*) from carried_leases where router_id = '" + site.router + "'"), "0");
    EXPECT_FALSE(sent().contains("carried_leases"));
}

TEST_F(SparesApi, EventsOfTheSpareAreTakenOnce) {
    const auto now = wall_now();
    const auto link = must(db::start_session(hub, must(db::find_enrolment(hub, spare_key)), "hub-2"));
    const Site as_spare{.organisation = site.organisation, .router = spare, .link = link};
    const std::string epoch(32, 'c');
    must(db::ingest(hub, batch(as_spare, {applied(1, now, 1), traffic(2, now, phone, "early.example", 1, 1)}, epoch), now));
    ASSERT_TRUE(replace(*organiser, site.router, spare)["errors"].empty());
    EXPECT_EQ(run(db::ingest(hub, batch(as_spare, {traffic(3, now, phone, "x.example", 1, 1)}, epoch), now)).error().code,
              Code::Denied);
    const auto after = must(db::start_session(hub, must(db::find_enrolment(hub, spare_key)), "hub-2"));
    const Site now_is{.organisation = site.organisation, .router = after.router, .link = after};
    EXPECT_EQ(must(db::durable_sequence(hub, after.router, epoch)), 2u);
    must(db::ingest(
        hub, batch(now_is, {traffic(2, now, phone, "early.example", 1, 1), traffic(3, now, phone, "x.example", 5, 7)}, epoch),
        now));
    EXPECT_EQ(number("select bytes_down from devices where router_id = '" + site.router + "' and mac = '" + phone + "'"), "7");
}

TEST_F(SparesApi, OnlyAnIdleSpareOfTheSameHandsIsTaken) {
    auto stranger = sign_in(make_user(make_site("spares-others"), "owner"));
    const auto other = make_site("spares-elsewhere");
    EXPECT_EQ(refusal(*stranger, site.router, spare), "NOT_FOUND");
    EXPECT_EQ(refusal(*organiser, site.router, other.router), "NOT_FOUND");
    EXPECT_EQ(refusal(*organiser, site.router, site.router), "INVALID");
    EXPECT_EQ(refusal(*sign_in(make_user(site, "operator")), site.router, spare), "FORBIDDEN");
    lease_some();
    EXPECT_EQ(refusal(*organiser, spare, site.router), "SPARE_IN_USE") << "guests have leases of it";
    postgres().sql("with e as (insert into events (organisation_id, name) values ('" + site.organisation +
                   "', 'Fair') returning id) update routers set event_id = e.id from e where routers.id = '" + spare + "'");
    EXPECT_EQ(refusal(*organiser, site.router, spare), "SPARE_IN_USE") << "it is at an event";
    const auto token = std::exchange(organiser->token, "");
    EXPECT_EQ(code_of(replace(*organiser, site.router, spare)), "STEP_UP_REQUIRED");
    organiser->token = token;
    EXPECT_EQ(of(site.router, "fingerprint"), key) << "nothing has changed";
}

TEST_F(SparesApi, CommandsThatWaitAreCancelled) {
    postgres().sql(
        "insert into commands (organisation_id, router_id, custody_id, kind, key, expires_at) select organisation_id, id,"
        " custody_id, 'power_off', 'off', now() + interval '1 hour' from routers where id = '" +
        site.router + "'");
    ASSERT_TRUE(replace(*organiser, site.router, spare)["errors"].empty());
    EXPECT_EQ(number("select state from commands where router_id = '" + site.router + "'"), "cancelled");
}

}  // namespace
}  // namespace vivi::test
