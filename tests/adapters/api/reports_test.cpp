// An event's report: who gets it, what is in it after the event is over, and what only few may read.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/reports.hpp"

#include "server/api/ids.hpp"
#include "tests/adapters/api/fixture.hpp"

namespace vivi::test {
namespace {

class ReportsApi : public Api {
protected:
    Site site = make_site("reports");
    std::string event =
        number("insert into events (organisation_id, name) values ('" + site.organisation + "', 'Fair') returning id");
    std::string path = "/reports/" + api::to_id("Event", event);
    std::unique_ptr<api::Call> owner = sign_in(make_user(site, "owner"));
    std::unique_ptr<api::Call> viewer = sign_in(make_user(site, "viewer"));
    api::Reports reports;

    void SetUp() override {
        const auto now = wall_now();
        postgres().sql("update routers set event_id = '" + event + "' where id = '" + site.router +
                       "'; update event_routers set from_at = now() - interval '3 hours' where event_id = '" + event + "'");
        must(db::ingest(hub,
                        batch(site, {traffic(1, now, phone, "x", 1, 1),
                                     lease(2, "granted", now + std::chrono::hours{1}, phone, "10.66.0.50")}),
                        now));
        postgres().sql(
            "set timezone = 'UTC'; select ensure_rollup_partitions(now() - interval '2 hours');"
            "insert into traffic_5m select '" +
            site.organisation + "', '" + site.router +
            "', k, date_trunc('hour', now() - interval '1 hour'), key, 1000, 2000, 1, 1, devices"
            " from (values ('router', '', 9), ('category', 'mail', 7), ('category', 'health', 2)) t(k, key, devices);"
            "insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at) values ('" +
            site.organisation + "', '" + site.router +
            "', 'dhcp.rogue', '02:aa:bb:cc:dd:ee', '{}', now() - interval '1 hour', now());"
            "insert into event_notes (organisation_id, event_id, text) values ('" +
            site.organisation + "', '" + event + "', 'Coffee is out')");
    }
    api::ReportAnswer get(api::Call& call, const std::string& target) { return run(reports.answer(call, target)); }
};

TEST_F(ReportsApi, HasTheNumbersOfTheEventAlsoOnceItIsOver) {
    const auto csv = get(*viewer, path + ".csv");
    EXPECT_EQ(csv.status, 200) << csv.body;
    EXPECT_EQ(csv.content_type, "text/csv; charset=utf-8");
    for (const auto* line : {"\"event\",\"devices\",\"\",\"\",\"\",\"1\"", "\"category\",\"mail\",\"\",\"\",\"\",\"3000\"",
                             "\"hour\",\"devices\"", "\"incident\",\"dhcp.rogue\",\"reports\"", "\"pool\",\"lan\",\"reports\""})
        EXPECT_NE(csv.body.find(line), std::string::npos) << line << " in\n" << csv.body;
    EXPECT_EQ(csv.body.find("health"), std::string::npos) << "two devices are not told apart";
    for (const auto* secret : {"02:aa:bb", phone, "Coffee"}) EXPECT_EQ(csv.body.find(secret), std::string::npos) << secret;
    postgres().sql("update routers set event_id = null where id = '" + site.router +
                   "'; update events set closed_at = now() where id = '" + event + "'");
    EXPECT_NE(get(*viewer, path + ".csv").body.find("\"3000\""), std::string::npos);
    const auto pdf = get(*viewer, path + ".pdf?language=fr");
    EXPECT_EQ(pdf.status, 200) << pdf.body;
    EXPECT_TRUE(pdf.body.starts_with("%PDF-"));
}

TEST_F(ReportsApi, WhatNamesDevicesIsForFewAndAudited) {
    EXPECT_EQ(get(*viewer, path + ".csv?detail=full").status, 403);
    const auto full = get(*owner, path + ".csv?detail=full");
    EXPECT_NE(full.body.find("02:aa:bb:cc:dd:ee"), std::string::npos) << full.body;
    EXPECT_NE(full.body.find("Coffee is out"), std::string::npos);
    EXPECT_EQ(number("select count(*) from audit_log where action = 'event_report.read' and target = '" + event + "'"), "1");
}

TEST_F(ReportsApi, IsNotThereForOthers) {
    EXPECT_EQ(get(*stranger(), path + ".csv").status, 401);
    auto theirs = sign_in(make_user(make_site("reports-others"), "owner"));
    EXPECT_EQ(get(*theirs, path + ".csv").status, 404);
    for (const auto* bad : {"/reports/", "/reports/x.csv", "/reports/x", "/reports/../etc/passwd.pdf"})
        EXPECT_EQ(get(*owner, bad).status, 404) << bad;
    EXPECT_EQ(get(*owner, path + ".csv?detail=all").status, 404);
    const auto empty =
        number("insert into events (organisation_id, name) values ('" + site.organisation + "', 'Later') returning id");
    EXPECT_EQ(get(*owner, "/reports/" + api::to_id("Event", empty) + ".pdf").status, 404) << "it never had a router";
}

}  // namespace
}  // namespace vivi::test
