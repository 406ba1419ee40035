// What a router's sync leaves in PostgreSQL beside its events: gaps, lost ranges, snapshots, second routers, trials.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/epochs.hpp"
#include "server/db/router_sync.hpp"
#include "server/db/snapshot.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

class Sync : public Database {
protected:
    std::string lease_text(const std::string& device, const std::string& address) const {
        return R"({"device":")" + device + R"(","address":")" + address +
               R"(","network":"lan","hostname":"h","client_id":"","vendor_class":"","duration_seconds":3600,"granted_at":1700000000000,"expires_at":)" +
               std::to_string(to_unix_ms(now) + 3'600'000) + "}";
    }
    db::Entry event(std::uint64_t sequence, const std::string& topic, const std::string& members) const {
        return {.sequence = sequence, .topic = topic, .body = envelope(now) + members + "}"};
    }
    db::RouterSync sync_of(const Site& one) { return must(db::router_syncs(api, {one.organisation}, {one.router}))[one.router]; }
    std::vector<db::SyncGap> gaps_of(const Site& one) {
        return must(db::sync_gaps(api, {one.organisation}, {.router = one.router})).rows;
    }

    WallTime now = wall_now();
    Site site = make_site("sync");
    std::string epoch = std::string(32, 'a');
};

TEST_F(Sync, ALostRangeIsAGapOnceAndTheCursorStandsBehindIt) {
    must(db::ingest(hub, batch(site, {traffic(1, now, phone, "a.example", 1, 1)}), now));
    const db::HeardEpochs heard{.boot_id = "b", .epoch = epoch, .lost = {{.epoch = epoch, .first = 2, .last = 90}}};
    EXPECT_TRUE(must(db::note_epochs(hub, site.link, heard))) << "what was in it must be asked for";
    EXPECT_TRUE(must(db::note_epochs(hub, site.link, heard))) << "still: nobody has answered";
    const auto gaps = gaps_of(site);
    ASSERT_EQ(gaps.size(), 1u);
    EXPECT_EQ(gaps[0].kind, "lost");
    EXPECT_NE(gaps[0].detail.find("\"missing_to\": 90"), std::string::npos) << gaps[0].detail;
    EXPECT_EQ(must(db::durable_sequences(hub, site.router, {epoch}))[epoch], 90u);
    EXPECT_EQ(must(db::ingest(hub, batch(site, {traffic(91, now, phone, "a.example", 1, 1)}), now)).durable, 91u);
}

TEST_F(Sync, ANewEpochAsksForASnapshotUntilOneCame) {
    EXPECT_TRUE(must(db::note_epochs(hub, site.link, {.boot_id = "b", .epoch = epoch})));
    EXPECT_TRUE(must(db::note_epochs(hub, site.link, {.boot_id = "b", .epoch = epoch})));
    must(db::store_snapshot(hub, site.link, {R"({"leases":[]})"}, now));
    EXPECT_FALSE(must(db::note_epochs(hub, site.link, {.boot_id = "b", .epoch = epoch})));
    EXPECT_TRUE(sync_of(site).snapshot_at);
    EXPECT_TRUE(must(db::note_epochs(hub, site.link, {.boot_id = "c", .epoch = std::string(32, 'b')})));
}

TEST_F(Sync, ASnapshotPutsRightWhatLostEventsWouldHaveTold) {
    must(db::ingest(hub, batch(site, {lease(1, "granted", now, phone, "10.66.0.50")}), now));
    const auto before = number("select revision from routers where id = '" + site.router + "'");
    // Lost: the phone left, the laptop came.
    must(db::store_snapshot(hub, site.link, {R"({"leases":[)" + lease_text(laptop, "10.66.0.51") + "]}"}, now));
    const auto row = "select coalesce(host(address), 'none') from devices where router_id = '" + site.router + "' and mac = '";
    EXPECT_EQ(number(row + phone + "'"), "none");
    EXPECT_EQ(number(row + laptop + "'"), "10.66.0.51");
    EXPECT_EQ(number("select state from leases where router_id = '" + site.router + "' and mac = '" + phone + "'"), "expired");
    EXPECT_NE(number("select revision from routers where id = '" + site.router + "'"), before) << "viewers hear of it";
    const auto unreadable = run(db::store_snapshot(hub, site.link, {"{"}, now));
    ASSERT_FALSE(unreadable);
    EXPECT_EQ(unreadable.error().code, Code::Invalid);
    EXPECT_EQ(number(row + laptop + "'"), "10.66.0.51") << "nothing was changed";
}

TEST_F(Sync, TwoRoutersWithOneKeyAreAnAlarm) {
    const auto boot = [&](const std::string& id) { must(db::note_epochs(hub, site.link, {.boot_id = id, .epoch = epoch})); };
    const auto alarms = "select count(*) from alarms where kind = 'router.cloned' and router_id = '" + site.router + "'";
    boot("first");
    boot("first");
    boot("second");
    EXPECT_EQ(number(alarms), "0") << "a reboot is none";
    boot("first");
    boot("second");
    EXPECT_EQ(number(alarms), "1");
}

TEST_F(Sync, WhatTheOutboxDroppedIsKeptByTopic) {
    must(db::ingest(
        hub,
        batch(site, {event(1, "sync.dropped",
                           R"("reason":"bytes","since":1700000000000,"until":1700000100000,"rows":[{"topic":"traffic.batch",)"
                           R"("entries":12,"bytes":3456}])"),
                     event(2, "sync.gap", R"("producer":"p","missing_from":3,"missing_to":4,"topic":"traffic.batch")"),
                     event(3, "sync.dropped", R"("rows":7)")}),
        now));
    const auto gaps = gaps_of(site);
    ASSERT_EQ(gaps.size(), 2u) << number(
        "select string_agg(sequence || ' ' || reason, '; ') from dead_letters where router_id = '" + site.router + "'");
    EXPECT_EQ(gaps[0].kind, "producer");
    EXPECT_EQ(gaps[1].kind, "dropped");
    EXPECT_NE(gaps[1].detail.find("3456"), std::string::npos);
    EXPECT_EQ(number("select count(*) from dead_letters where router_id = '" + site.router + "'"), "1");
    const auto page = must(db::sync_gaps(api, {site.organisation}, {.router = site.router, .first = 1}));
    EXPECT_TRUE(page.has_next);
    const auto next =
        must(db::sync_gaps(api, {site.organisation}, {.router = site.router, .first = 1, .after = page.rows[0].id}));
    EXPECT_EQ(next.rows.at(0).id, gaps[1].id);
    const auto other = make_site("other");
    EXPECT_TRUE(must(db::sync_gaps(api, {other.organisation}, {.router = site.router})).rows.empty());
}

TEST_F(Sync, DriftAndTrialsAreTheNewestThatWereSaid) {
    must(
        db::ingest(hub,
                   batch(site, {event(1, "config.drift",
                                      R"("revision":4,"parts":[{"part":"/policy/lists/0","reason":"its text is not here yet"}])"),
                                event(2, "config.unconfirmed", R"("revision":4,"state":"pending")")}),
                   now));
    auto sync = sync_of(site);
    EXPECT_NE(sync.unenforced.find("/policy/lists/0"), std::string::npos);
    EXPECT_EQ(sync.unenforced_revision, 4);
    EXPECT_EQ(sync.trial, "pending");
    EXPECT_EQ(sync.reverted_revision, 0);
    must(db::ingest(hub,
                    batch(site, {event(3, "config.reverted", R"("revision":4,"detail":"no new connection")"),
                                 event(4, "config.drift", R"("revision":4,"parts":[])")}),
                    now));
    sync = sync_of(site);
    EXPECT_EQ(sync.unenforced, "[]");
    EXPECT_EQ(sync.trial, "reverted");
    EXPECT_EQ(sync.reverted_revision, 4);
    EXPECT_EQ(sync.reverted_reason, "no new connection");
    EXPECT_TRUE(sync.reverted_at);
}

TEST_F(Sync, AReplacedSessionSaysNothingMore) {
    must(db::start_session(hub, {.router = site.router, .organisation = site.organisation, .state = db::RouterState::Accepted},
                           "hub-2"));
    const auto noted = run(db::note_epochs(hub, site.link, {.boot_id = "b", .epoch = epoch}));
    ASSERT_FALSE(noted);
    EXPECT_EQ(noted.error().code, Code::Conflict);
    const auto stored = run(db::store_snapshot(hub, site.link, {R"({"leases":[]})"}, now));
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().code, Code::Conflict);
}

}  // namespace
}  // namespace vivi::test
