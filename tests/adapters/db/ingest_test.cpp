// Ingest against a real PostgreSQL: exactly once, nothing blocked by what cannot be stored, ordered against bans.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

class Ingest : public Database {
protected:
    const WallTime now = wall_now();
    Site site = make_site("ingest");

    std::string totals() {
        return number(
            "select coalesce(sum(bytes_up), 0) || '/' || coalesce(sum(bytes_down), 0) from traffic where router_id = '" +
            site.router + "'");
    }
    std::string device_totals() {
        return number(
            "select coalesce(sum(bytes_up), 0) || '/' || coalesce(sum(bytes_down), 0) from devices where router_id = '" +
            site.router + "'");
    }
};

TEST_F(Ingest, CountsABatchOnceHoweverOftenItComes) {
    const auto sent =
        batch(site, {traffic(1, now, phone, "example.org", 100, 1'000), traffic(2, now, laptop, "example.org", 10, 20)});
    const auto first = must(db::ingest(hub, sent, now));
    EXPECT_EQ(first.durable, 2u);
    EXPECT_EQ(first.kinds, (std::vector<std::string>{"devices", "traffic"}));
    const auto again = must(db::ingest(hub, sent, now));
    EXPECT_EQ(again.durable, 2u);
    EXPECT_EQ(again.revision, first.revision) << "nothing new is no change";
    EXPECT_TRUE(again.kinds.empty());
    EXPECT_EQ(totals(), "110/1020");
    EXPECT_EQ(device_totals(), "110/1020");
}

TEST_F(Ingest, CountsTheNewPartOfAnOverlappingBatch) {
    must(db::ingest(hub, batch(site, {traffic(1, now, phone, "a.example", 1, 1), traffic(2, now, phone, "a.example", 2, 2)}),
                    now));
    const auto second = must(db::ingest(
        hub, batch(site, {traffic(2, now, phone, "a.example", 2, 2), traffic(3, now, phone, "b.example", 4, 4)}), now));
    EXPECT_EQ(second.durable, 3u);
    EXPECT_EQ(totals(), "7/7");
    EXPECT_EQ(must(db::durable_sequence(hub, site.router, std::string(32, 'a'))), 3u);
}

TEST_F(Ingest, AnotherEpochHasItsOwnSequences) {
    must(db::ingest(hub, batch(site, {traffic(5, now, phone, "a.example", 1, 1)}), now));
    const auto other = must(db::ingest(hub, batch(site, {traffic(1, now, phone, "a.example", 2, 2)}, std::string(32, 'b')), now));
    EXPECT_EQ(other.durable, 1u);
    EXPECT_EQ(totals(), "3/3");
}

TEST_F(Ingest, AReplacedSessionCannotCommit) {
    const auto old = batch(site, {traffic(1, now, phone, "a.example", 1, 1)});
    must(db::start_session(hub, {.router = site.router, .organisation = site.organisation, .state = db::RouterState::Accepted},
                           "hub-2"));
    const auto refused = run(db::ingest(hub, old, now));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Conflict);
    EXPECT_EQ(totals(), "0/0");
    EXPECT_EQ(must(db::durable_sequence(hub, site.router, std::string(32, 'a'))), 0u);
}

TEST_F(Ingest, WhatCannotBeStoredIsPutAsideAndBlocksNothing) {
    auto broken_utf8 = traffic(4, now, phone, "x.example", 1, 1);
    broken_utf8.body += "\xff";
    auto with_nul = lease(5, "granted", now, laptop, "10.66.0.60", "lap\\u0000top");
    const auto result = must(db::ingest(hub,
                                        batch(site, {{.sequence = 1, .topic = "traffic.batch", .body = "{"},
                                                     {.sequence = 2, .topic = "never.heard", .body = envelope(now) + R"("x":1})"},
                                                     traffic(3, now, phone, "good.example", 7, 7),
                                                     broken_utf8,
                                                     with_nul}),
                                        now));
    EXPECT_EQ(result.durable, 5u);
    EXPECT_EQ(result.dead_letters, 3u);
    EXPECT_EQ(totals(), "7/7");
    EXPECT_EQ(number("select hostname from devices where router_id = '" + site.router + "' and mac = '" + laptop + "'"),
              "laptop");
    EXPECT_EQ(number("select string_agg(sequence::text, ',' order by sequence) from dead_letters where router_id = '" +
                     site.router + "'"),
              "1,2,4");
}

TEST_F(Ingest, WhatOnlyTheDatabaseRefusesIsPutAsideToo) {
    // A trigger stands for any refusal that the decoder does not foresee.
    postgres().sql(
        "create function refuse_poison() returns trigger language plpgsql as $$ begin"
        " if new.name = 'poison.example' then raise check_violation; end if; return new; end $$");
    postgres().sql("create trigger refuse_poison before insert on traffic for each row execute function refuse_poison()");
    const auto result =
        must(db::ingest(hub,
                        batch(site, {traffic(1, now, phone, "a.example", 1, 1), traffic(2, now, phone, "poison.example", 2, 2),
                                     traffic(3, now, phone, "c.example", 4, 4)}),
                        now));
    postgres().sql("drop trigger refuse_poison on traffic; drop function refuse_poison()");
    EXPECT_EQ(result.durable, 3u);
    EXPECT_EQ(result.dead_letters, 1u);
    EXPECT_EQ(totals(), "5/5");
    EXPECT_EQ(device_totals(), "5/5");
}

TEST_F(Ingest, AFullFrameFitsInATransaction) {
    // 1 MiB of rows that all differ: what a router sends after an outage.
    std::vector<db::Entry> entries;
    std::size_t bytes = 0;
    for (std::uint64_t sequence = 1; bytes < (1u << 20); ++sequence) {
        std::string rows;
        for (int i = 0; i < 500; ++i)
            rows += (i == 0 ? "" : ",") + std::string{R"({"device":"02:00:00:00:00:01","name":"n)"} + std::to_string(sequence) +
                    "-" + std::to_string(i) +
                    R"(.example","source":"dns","bytes_up":1,"bytes_down":2,"packets_up":1,"packets_down":1})";
        entries.push_back(
            {sequence, "traffic.batch", envelope(now) + R"("tick_ms":10000,"captured":0,"dropped":0,"rows":[)" + rows + "]}"});
        bytes += entries.back().body.size();
    }
    const auto count = entries.size();
    const auto before = vivi::now();
    const auto result = must(db::ingest(hub, batch(site, std::move(entries)), now));
    const auto took = std::chrono::duration_cast<Milliseconds>(vivi::now() - before);
    EXPECT_EQ(result.durable, count);
    EXPECT_EQ(totals(), std::to_string(count * 500) + "/" + std::to_string(count * 1'000));
    RecordProperty("rows_per_second",
                   static_cast<int>(static_cast<std::int64_t>(count) * 500 * 1'000 / std::max<std::int64_t>(took.count(), 1)));
    EXPECT_LT(took, Seconds{20}) << count * 500 << " rows";
}

TEST_F(Ingest, MakesThePartitionsOfBothDaysAtMidnight) {
    const auto midnight = std::chrono::floor<std::chrono::days>(now);
    must(db::ingest(hub,
                    batch(site, {traffic(1, WallTime{midnight} - 1ms, phone, "late.example", 1, 1),
                                 traffic(2, WallTime{midnight} + 1ms, phone, "early.example", 2, 2)}),
                    now));
    EXPECT_EQ(number("select count(distinct tableoid) from traffic where router_id = '" + site.router + "'"), "2");
    EXPECT_EQ(totals(), "3/3");
}

TEST_F(Ingest, ClampsTheTimesOfARouterWithoutAClock) {
    must(db::ingest(hub,
                    batch(site, {traffic(1, from_unix_ms(1'000), phone, "past.example", 1, 1),
                                 traffic(2, now + Seconds{86'400 * 400}, phone, "future.example", 2, 2)}),
                    now));
    EXPECT_EQ(number("select count(*) from traffic where router_id = '" + site.router +
                     "' and (at < now() - interval '48 hours 1 minute' or at > now() + interval '6 minutes')"),
              "0");
    EXPECT_EQ(totals(), "3/3");
}

TEST_F(Ingest, ALeaseGivesADeviceItsAddressAndItsEndTakesIt) {
    must(db::ingest(hub, batch(site, {lease(1, "granted", now, phone, "10.66.0.50")}), now));
    const auto row = "select coalesce(host(address), 'none') || ' ' || hostname from devices where router_id = '" + site.router +
                     "' and mac = '";
    EXPECT_EQ(number(row + phone + "'"), "10.66.0.50 phone");
    must(db::ingest(hub, batch(site, {lease(2, "granted", now, laptop, "10.66.0.50", "laptop")}), now));
    EXPECT_EQ(number(row + phone + "'"), "none phone") << "an address has one holder";
    must(db::ingest(hub, batch(site, {lease(3, "released", now, laptop, "10.66.0.50", "laptop")}), now));
    EXPECT_EQ(number(row + laptop + "'"), "none laptop");
    EXPECT_EQ(number("select state from leases where router_id = '" + site.router + "' and mac = '" + laptop + "'"), "released");
}

TEST_F(Ingest, ShowsTheRateOfTheNewestTickUntilItRunsOut) {
    must(db::ingest(
        hub, batch(site, {traffic(1, now, phone, "a.example", 1'000, 2'000), traffic(2, now, phone, "a.example", 500, 250)}),
        now));
    // However slow this machine is, the rates last as long as the test.
    postgres().sql("update devices set rate_until = now() + interval '1 hour' where router_id = '" + site.router + "'");
    const auto rates = must(db::router_rates(api, {site.organisation}, site.router));
    EXPECT_EQ(rates.rate_up, 500 * 8 * 4);
    EXPECT_EQ(rates.rate_down, 250 * 8 * 4);
    const auto changes = must(db::device_changes(api, {site.organisation}, site.router, {}));
    ASSERT_EQ(changes.devices.size(), 1u);
    EXPECT_EQ(changes.devices[0].rate_up, 16'000);
    // The tick ended two ticks and a second ago: nothing happens in the database, and yet the viewer must hear of the silence.
    postgres().sql("update devices set rate_until = now() where router_id = '" + site.router + "'");
    const auto later =
        must(db::device_changes(api, {site.organisation}, site.router, {changes.seen.revision, changes.seen.at_us}));
    ASSERT_EQ(later.devices.size(), 1u);
    EXPECT_EQ(later.devices[0].rate_up, 0);
}

TEST_F(Ingest, AnAppliedRevisionBringsABanIntoForceForViewers) {
    must(db::ingest(hub, batch(site, {traffic(1, now, phone, "a.example", 1, 1)}), now));
    const auto device = must(db::device_changes(api, {site.organisation}, site.router, {})).devices.at(0);
    const auto banned =
        must(db::set_device_banned(api, {site.organisation}, {.device = device.id, .is_banned = true, .reason = "noise"}));
    EXPECT_EQ(banned.device.ban_state, db::BanState::Sent);
    EXPECT_EQ(banned.desired_revision, 2);

    const auto ingested = must(db::ingest(hub, batch(site, {applied(2, now, 2)}), now));
    EXPECT_EQ(ingested.kinds, std::vector<std::string>{"status"});
    const auto changes = must(db::device_changes(api, {site.organisation}, site.router, {banned.revision, 0}));
    ASSERT_EQ(changes.devices.size(), 1u) << "the ban's coming into force is a change of the device";
    EXPECT_EQ(changes.devices[0].ban_state, db::BanState::InForce);
}

}  // namespace
}  // namespace vivi::test
