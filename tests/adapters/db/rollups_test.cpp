// Roll-ups against a real PostgreSQL: incremental, idempotent, complete however late the traffic comes, small counts merged.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/rollups.hpp"

#include "server/db/retention.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

class Rollups : public Database {
protected:
    const WallTime now = wall_now();
    Site site = make_site("rollups");
    std::uint64_t sequence = 0;

    /// Start of the 5 minutes that ended `hours` ago, always the first of its hour.
    WallTime hour_ago(int hours) const { return std::chrono::floor<std::chrono::hours>(now) - std::chrono::hours{hours}; }
    void send(WallTime at, const std::string& device, const std::string& name, int up, int down) {
        must(db::ingest(hub, batch(site, {traffic(++sequence, at, device, name, up, down)}), now));
    }
    static std::string device(int number) { return "02:00:00:00:01:" + std::string{number < 16 ? "0" : ""} + hex(number); }
    static std::string hex(int number) {
        constexpr std::string_view digits = "0123456789abcdef";
        return number < 16 ? std::string{digits.at(static_cast<std::size_t>(number))}
                           : hex(number / 16) + digits.at(static_cast<std::size_t>(number % 16));
    }
    std::string rows(const std::string& table, const std::string& kind) {
        return number(
            "select string_agg(key || '=' || bytes_up || '/' || bytes_down || 'x' || devices, ' ' order by at, key) from " +
            table + " where router_id = '" + site.router + "' and kind = '" + kind + "'");
    }
    std::string everything() {
        return number(
            "select md5(string_agg(t::text, ' ' order by t::text)) from (select r.* from traffic_5m r where router_id = '" +
            site.router + "' union all select h.* from traffic_1h h where router_id = '" + site.router + "') t");
    }
    std::string marks() { return number("select count(*) from traffic_dirty where router_id = '" + site.router + "'"); }
    void mark_all() {
        postgres().sql(
            "insert into traffic_dirty (organisation_id, router_id, level, at) select distinct organisation_id, router_id, 5, at"
            " from traffic_5m where router_id = '" +
            site.router + "'");
    }
};

TEST_F(Rollups, AddsUpFiveMinutesAndTheirHourByRouterDeviceAndName) {
    send(hour_ago(2), phone, "a.example", 1, 10);
    send(hour_ago(2) + Seconds{20}, laptop, "a.example", 2, 20);
    send(hour_ago(2) + Seconds{290}, phone, "b.example", 4, 40);
    send(hour_ago(2) + Seconds{300}, phone, "b.example", 8, 80);
    EXPECT_GT(must(db::roll_up_ended(hub)), 0);
    EXPECT_EQ(rows("traffic_5m", "router"), "=7/70x2 =8/80x1");
    EXPECT_EQ(rows("traffic_5m", "name"), "a.example=3/30x2 b.example=4/40x1 b.example=8/80x1");
    EXPECT_EQ(rows("traffic_5m", "device"), std::string{phone} + "=5/50x1 " + laptop + "=2/20x1 " + phone + "=8/80x1");
    EXPECT_EQ(rows("traffic_5m", "category"), "=7/70x2 =8/80x1");
    EXPECT_EQ(rows("traffic_1h", "router"), "=15/150x2");
    EXPECT_EQ(rows("traffic_1h", "device"), "") << "no hour is of one device";
    EXPECT_EQ(rows("traffic_1h", "name"), "=15/150x2") << "names under five devices are merged";
    EXPECT_EQ(marks(), "0");
}

TEST_F(Rollups, TwiceChangesNothing) {
    for (int i = 1; i <= 7; ++i) send(hour_ago(3) + Seconds{i * 70}, device(i), i < 7 ? "many.example" : "few.example", i, i);
    must(db::roll_up_ended(hub));
    const auto once = everything();
    must(db::roll_up_ended(hub));
    EXPECT_EQ(everything(), once);
    mark_all();
    EXPECT_GT(must(db::roll_up_ended(hub)), 0);
    EXPECT_EQ(everything(), once) << "made anew from the finer level, not added";
}

TEST_F(Rollups, OnlyWhatChangedIsMadeAgain) {
    send(hour_ago(2), phone, "a.example", 1, 1);
    send(hour_ago(4), phone, "a.example", 2, 2);
    must(db::roll_up_ended(hub));
    send(hour_ago(4), phone, "a.example", 4, 4);
    auto dirty = must(db::dirty_buckets(hub, 10'000));
    std::erase_if(dirty, [&](const db::DirtyBucket& bucket) { return bucket.router != site.router; });
    ASSERT_EQ(dirty.size(), 1u);
    EXPECT_EQ(dirty[0],
              (db::DirtyBucket{.organisation = site.organisation, .router = site.router, .level = 5, .at = hour_ago(4)}));
    must(db::roll_up_ended(hub));
    EXPECT_EQ(rows("traffic_1h", "router"), "=6/6x1 =1/1x1");
}

TEST_F(Rollups, FiveMinutesThatGoOnAreNotMadeYet) {
    send(now, phone, "a.example", 1, 1);
    must(db::roll_up_ended(hub));
    EXPECT_EQ(rows("traffic_5m", "router"), "");
    EXPECT_EQ(marks(), "1");
    EXPECT_EQ(number("select bytes_up from traffic_totals where router_id = '" + site.router + "'"), "1")
        << "ingest counts at once";
}

TEST_F(Rollups, AFailureInTheMiddleLeavesTheMarkAndTheOldSums) {
    send(hour_ago(2), phone, "a.example", 1, 1);
    must(db::roll_up_ended(hub));
    const auto before = everything();
    send(hour_ago(2), phone, "a.example", 2, 2);
    postgres().sql(
        "create function stop_rollup() returns trigger language plpgsql as $$ begin"
        " if new.router_id = '" +
        site.router + "' then raise exception 'stopped'; end if; return new; end $$");
    postgres().sql("create trigger stop_rollup before insert on traffic_5m for each row execute function stop_rollup()");
    EXPECT_FALSE(run(db::roll_up_ended(hub)));
    postgres().sql("drop trigger stop_rollup on traffic_5m; drop function stop_rollup()");
    EXPECT_EQ(everything(), before);
    EXPECT_EQ(marks(), "1");
    must(db::roll_up_ended(hub));
    EXPECT_EQ(rows("traffic_1h", "router"), "=3/3x1");
}

TEST_F(Rollups, WhatComesAfterNamesWereDroppedIsAdded) {
    send(hour_ago(30), phone, "a.example", 1, 1);
    send(hour_ago(30) + Seconds{10}, laptop, "a.example", 2, 2);
    must(db::roll_up_ended(hub));
    EXPECT_GT(must(db::drop_outlived_partitions(hub)), 0);
    EXPECT_EQ(number("select count(*) from traffic where router_id = '" + site.router + "'"), "0");
    send(hour_ago(30) + Seconds{20}, phone, "a.example", 4, 4);
    must(db::drop_outlived_partitions(hub));
    EXPECT_EQ(number("select count(*) from traffic where router_id = '" + site.router + "'"), "1") << "it is not rolled up yet";
    must(db::roll_up_ended(hub));
    must(db::roll_up_ended(hub));
    EXPECT_EQ(rows("traffic_5m", "router"), "=7/7x2");
    EXPECT_EQ(rows("traffic_1h", "router"), "=7/7x2");
    EXPECT_EQ(number("select count(*) from traffic where router_id = '" + site.router + "'"), "0") << "used up";
    EXPECT_GT(must(db::drop_outlived_partitions(hub)), 0);
}

TEST_F(Rollups, ADayLaterNamesOfFewerThanFiveDevicesAreOne) {
    for (int i = 1; i <= 5; ++i) send(hour_ago(26), device(i), "many.example", 1, 1);
    send(hour_ago(26), phone, "few.example", 10, 10);
    send(hour_ago(26), phone, "lonely.example", 20, 20);
    send(hour_ago(2), phone, "today.example", 40, 40);
    must(db::roll_up_ended(hub));
    must(db::forget_by_settings(hub, 1));  // In portions of one row: the sum is the same.
    EXPECT_EQ(rows("traffic_5m", "name"), "=30/30x1 many.example=5/5x5 today.example=40/40x1");
    EXPECT_EQ(rows("traffic_5m", "router"), "=35/35x6 =40/40x1");
}

TEST_F(Rollups, AnOrganisationKeepsNamesForLess) {
    must(db::set_retention(api, {site.organisation}, {.names_hours = 1}, "", ""));
    send(hour_ago(3), phone, "a.example", 1, 1);
    send(hour_ago(3) + Seconds{400}, phone, "a.example", 2, 2);
    must(db::forget_by_settings(hub));
    EXPECT_EQ(number("select count(*) from traffic where router_id = '" + site.router + "'"), "2") << "not before the roll-up";
    must(db::roll_up_ended(hub));
    must(db::forget_by_settings(hub));
    EXPECT_EQ(number("select count(*) from traffic where router_id = '" + site.router + "'"), "0");
    send(hour_ago(3), phone, "a.example", 4, 4);
    must(db::roll_up_ended(hub));
    EXPECT_EQ(rows("traffic_1h", "router"), "=7/7x1");
}

TEST_F(Rollups, CategoriesComeFromTheSharedList) {
    postgres().sql(
        "insert into domain_categories (domain, category) values ('example', 'shopping'), ('news.example', 'information'),"
        " ('news.example', 'mail')");
    send(hour_ago(2), phone, "www.news.example", 1, 1);
    send(hour_ago(2), phone, "other.example", 2, 2);
    send(hour_ago(2), phone, "else.invalid", 4, 4);
    must(db::roll_up_ended(hub));
    postgres().sql("delete from domain_categories");
    EXPECT_EQ(rows("traffic_5m", "category"), "=4/4x1 mail=1/1x1 shopping=2/2x1") << "the longest suffix, by its newest version";
}

}  // namespace
}  // namespace vivi::test
