// Enrolment, sessions and bans, against a real PostgreSQL.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/configuration.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

using Routers = Database;

TEST_F(Routers, AnUnknownKeyIsPendingUntilSomebodyAcceptsIt) {
    EXPECT_EQ(run(db::find_enrolment(hub, "SHA256:new")).error().code, Code::NotFound);
    const auto pending = must(db::note_pending(hub, "SHA256:new"));
    EXPECT_EQ(pending.state, db::RouterState::Pending);
    EXPECT_EQ(must(db::note_pending(hub, "SHA256:new")).router, pending.router);
    EXPECT_EQ(run(db::start_session(hub, pending, "hub-1")).error().code, Code::Denied);

    const auto organisation = must(db::create_organisation(postgres().owner_url(), "claims"));
    const db::NewRouter request{
        .fingerprint = "SHA256:new", .organisation = organisation, .name = "Hall", .configuration = minimal_configuration};
    EXPECT_EQ(must(db::accept_router(postgres().owner_url(), request)), pending.router) << "the same row, now accepted";
    const auto accepted = must(db::find_enrolment(hub, "SHA256:new"));
    EXPECT_EQ(accepted.state, db::RouterState::Accepted);
    EXPECT_FALSE(accepted.custody.empty());
    EXPECT_EQ(db::accept_router(postgres().owner_url(), request).error().code, Code::Conflict);

    const auto link = must(db::start_session(hub, accepted, "hub-1"));
    const auto desired = must(db::desired_configuration(hub, link, 0));
    ASSERT_TRUE(desired);
    EXPECT_EQ(desired->revision, 1);
    const auto document = model::parse_configuration(*model::parse_json(desired->document));
    ASSERT_TRUE(document);
    EXPECT_EQ(document->custody, accepted.custody);
    EXPECT_FALSE(must(db::desired_configuration(hub, link, 1))) << "nothing above it";
}

TEST_F(Routers, AWrongConfigurationIsRefusedWithItsPointer) {
    const auto organisation = must(db::create_organisation(postgres().owner_url(), "wrong"));
    const auto refused =
        db::accept_router(postgres().owner_url(),
                          {.fingerprint = "SHA256:wrong", .organisation = organisation, .configuration = R"({"networks":7})"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Invalid);
    EXPECT_NE(refused.error().detail.find("/networks"), std::string::npos) << refused.error().detail;
    EXPECT_EQ(run(db::find_enrolment(hub, "SHA256:wrong")).error().code, Code::NotFound) << "nothing half-made";
}

TEST_F(Routers, ANewSessionReplacesTheOld) {
    const auto site = make_site("sessions");
    const auto second = must(db::start_session(hub, {.router = site.router, .organisation = site.organisation}, "hub-2"));
    EXPECT_EQ(run(db::note_heard(hub, site.link)).error().code, Code::Conflict);
    EXPECT_EQ(run(db::desired_configuration(hub, site.link, 0)).error().code, Code::Conflict);
    must(db::end_session(hub, site.link));
    EXPECT_TRUE(must(db::router(api, {site.organisation}, site.router)).is_online) << "the replaced session ends nothing";
    must(db::end_session(hub, second));
    EXPECT_FALSE(must(db::router(api, {site.organisation}, site.router)).is_online);
}

TEST_F(Routers, ARevokedRouterIsCutOff) {
    const auto site = make_site("revoked");
    postgres().sql("update routers set state = 'revoked' where id = '" + site.router + "'");
    EXPECT_EQ(run(db::desired_configuration(hub, site.link, 0)).error().code, Code::Denied);
    EXPECT_EQ(run(db::start_session(hub, {.router = site.router, .organisation = site.organisation}, "hub-1")).error().code,
              Code::Denied);
    EXPECT_TRUE(must(db::routers(api, {site.organisation})).empty());
}

TEST_F(Routers, BansAtTheSameTimeAllSurvive) {
    const auto now = wall_now();
    const auto site = make_site("bans");
    std::vector<db::Entry> entries;
    for (int i = 1; i <= 8; ++i)
        entries.push_back(traffic(static_cast<std::uint64_t>(i), now, "02:00:00:00:01:0" + std::to_string(i), "a.example", 1, 1));
    must(db::ingest(hub, batch(site, entries), now));
    const auto devices = must(db::device_changes(api, {site.organisation}, site.router, {})).devices;
    ASSERT_EQ(devices.size(), 8u);

    // Four connections: they really overlap. Ingest of the same router runs between them.
    int done = 0;
    std::vector<std::string> problems;
    for (const auto& device : devices) {
        auto task = [](db::Pool& pool, std::string organisation, std::string id) -> Task<std::string> {
            auto banned =
                co_await db::set_device_banned(pool, {organisation}, {.device = id, .is_banned = true, .reason = "test"});
            co_return banned ? std::string{} : banned.error().detail;
        };
        net::co_spawn(loop.context(), task(api, site.organisation, device.id), [&](std::exception_ptr, std::string problem) {
            ++done;
            if (!problem.empty()) problems.push_back(problem);
        });
    }
    must(db::ingest(hub, batch(site, {traffic(9, now, phone, "a.example", 1, 1)}), now));
    while (done < 8) loop.context().run_one();
    EXPECT_TRUE(problems.empty()) << problems.front();

    const auto desired = must(db::desired_configuration(hub, site.link, 1));
    ASSERT_TRUE(desired);
    EXPECT_EQ(desired->revision, 9);
    EXPECT_EQ(model::parse_configuration(*model::parse_json(desired->document))->policy.devices.size(), 8u);
    EXPECT_EQ(
        number("select count(*) from audit_log where action = 'device.banned' and organisation_id = '" + site.organisation + "'"),
        "8");
}

TEST_F(Routers, TheSameDecisionTwiceIsOne) {
    const auto now = wall_now();
    const auto site = make_site("twice");
    must(db::ingest(hub, batch(site, {traffic(1, now, phone, "a.example", 1, 1)}), now));
    const auto device = must(db::device_changes(api, {site.organisation}, site.router, {})).devices.at(0);
    const db::BanRequest request{.device = device.id, .is_banned = true, .reason = "noise"};
    const auto first = must(db::set_device_banned(api, {site.organisation}, request));
    const auto second = must(db::set_device_banned(api, {site.organisation}, request));
    EXPECT_EQ(second.desired_revision, first.desired_revision);
    EXPECT_EQ(second.revision, first.revision);
    const auto lifted = must(db::set_device_banned(api, {site.organisation}, {.device = device.id, .is_banned = false}));
    EXPECT_EQ(lifted.device.ban_state, db::BanState::Lifting);
    EXPECT_EQ(lifted.device.ban_reason, "");
    const auto document = must(db::desired_configuration(hub, site.link, 0));
    EXPECT_TRUE(model::parse_configuration(*model::parse_json(document->document))->policy.devices.empty());
}

TEST_F(Routers, PagesThroughDevicesWithoutRepeatingOrMissingOne) {
    const auto now = wall_now();
    const auto site = make_site("pages");
    std::vector<db::Entry> entries;
    for (int i = 0; i < 9; ++i)
        entries.push_back(traffic(static_cast<std::uint64_t>(i + 1), now - Seconds{10 * (i / 3)},
                                  "02:00:00:00:02:0" + std::to_string(i), "a.example", 1, 1));
    must(db::ingest(hub, batch(site, entries), now));
    std::set<std::string> seen;
    db::DeviceQuery query{.router = site.router, .first = 4};
    for (int page_number = 0; page_number < 3; ++page_number) {
        const auto page = must(db::devices(api, {site.organisation}, query));
        for (const auto& device : page.devices) EXPECT_TRUE(seen.insert(device.id).second);
        EXPECT_EQ(page.has_next, page_number < 2);
        query.after = page.places.back();
    }
    EXPECT_EQ(seen.size(), 9u);
}

TEST_F(Routers, SearchTakesWildcardsLiterally) {
    const auto now = wall_now();
    const auto site = make_site("search");
    must(db::ingest(hub,
                    batch(site, {lease(1, "granted", now, phone, "10.66.0.50", "100%_real"),
                                 lease(2, "granted", now, laptop, "10.66.0.51", "other")}),
                    now));
    const auto found = [&](const std::string& text) {
        return must(db::count_devices(api, {site.organisation}, {.router = site.router, .search = text}));
    };
    EXPECT_EQ(found("%"), 1);
    EXPECT_EQ(found("0%_R"), 1);
    EXPECT_EQ(found("\\"), 0);
    EXPECT_EQ(found("10.66.0.5"), 2);
    EXPECT_EQ(found("00:00:02"), 1);
    EXPECT_EQ(found("ANDROID"), 2);
}

TEST_F(Routers, ADatabaseThatRestartsIsFoundAgain) {
    const auto site = make_site("restart");
    EXPECT_TRUE(run(db::ping(api)));
    postgres().sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'vivi_api'");
    const auto broken = run(db::router(api, {site.organisation}, site.router));
    if (!broken) {
        EXPECT_EQ(broken.error().code, Code::Unavailable) << broken.error().detail;
    }
    EXPECT_TRUE(run(db::router(api, {site.organisation}, site.router)));
}

TEST_F(Routers, ADatabaseThatIsAwayIsUnavailable) {
    db::Pool nowhere{"postgresql://vivi_api@127.0.0.1:1/vivi", 1};
    EXPECT_EQ(run(db::ping(nowhere)).error().code, Code::Unavailable);
}

}  // namespace
}  // namespace vivi::test
