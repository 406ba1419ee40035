// Erasure against a real PostgreSQL: afterwards the MAC is nowhere, and a restored dump forgets again what was forgotten.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/erasure.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "server/db/retention.hpp"
#include "server/db/rollups.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

class Erasure : public Database {
protected:
    const WallTime now = wall_now();
    Site site = make_site("erasure");
    std::string guest{};  ///< A MAC of this test alone.

    void SetUp() override {
        static int count = 0x10;
        guest = "02:00:00:00:e0:" + number("select to_hex(" + std::to_string(++count) + ")");
        must(db::ingest(
            hub,
            batch(site, {traffic(1, now - Seconds{7'200}, guest, "a.example", 1, 1),
                         traffic(2, now, guest, "a.example", 1, 1),
                         traffic(3, now, laptop, "b.example", 2, 2),
                         lease(4, "granted", now, guest, "10.66.0.77", "anns-phone"),
                         {.sequence = 5, .topic = "never.heard", .body = envelope(now) + R"("x":")" + guest + R"("})"}}),
            now));
        must(db::roll_up_ended(hub));
    }
    std::string device(const std::string& mac) {
        return number("select id from devices where router_id = '" + site.router + "' and mac = '" + mac + "'");
    }
    /// Where in `database` any row of any table says the MAC.
    std::string found(const std::string& mac, const std::string& database = "vivi") {
        return number(
            "select string_agg(distinct name, ' ') from (select c.relname as name, (xpath('/row/n/text()',"
            " query_to_xml(format('select count(*) as n from %I t where t::text ilike %L', c.relname, '%" +
            mac +
            "%'), false, true, '')))[1]::text::bigint as n from pg_class c where c.relnamespace = 'public'::regnamespace"
            " and c.relkind in ('r', 'p') and not c.relispartition) s where n > 0 and current_database() = '" +
            database + "'");
    }
    db::PurgeReceipt purge(db::PurgeKind kind, const std::string& target) {
        return must(db::purge(api, {site.organisation}, {.kind = kind, .target = target}));
    }
    void ban(bool is_banned) {
        must(db::set_device_banned(api, {site.organisation}, {.device = device(guest), .is_banned = is_banned}));
    }
};

TEST_F(Erasure, ADeviceIsNowhereAfterwards) {
    ban(true);
    ban(false);
    ASSERT_EQ(found(guest), "audit_log configurations dead_letters device_search devices leases traffic traffic_5m");
    const auto receipt = purge(db::PurgeKind::Device, device(guest));
    EXPECT_EQ(found(guest), "");
    const auto removed = nlohmann::json::parse(receipt.removed);
    EXPECT_EQ(removed["leases"], 1);
    EXPECT_EQ(removed["devices"], 1);
    EXPECT_EQ(removed["traffic"], 2);
    EXPECT_EQ(removed["configurations"], 1) << "the older revision, with a pseudonym";
    EXPECT_EQ(number("select sum(bytes_up) from traffic_5m where kind = 'router' and router_id = '" + site.router + "'"), "1")
        << "sums stay";
    EXPECT_EQ(number("select count(*) from devices where router_id = '" + site.router + "'"), "1")
        << "and so does everybody else";
    EXPECT_EQ(run(db::purge(api, {site.organisation}, {.target = receipt.target})).error().code, Code::NotFound);
}

TEST_F(Erasure, ABanInForceStaysAndTheReceiptSaysSo) {
    ban(true);
    const auto receipt = purge(db::PurgeKind::Device, device(guest));
    EXPECT_EQ(found(guest), "configurations");
    EXPECT_EQ(nlohmann::json::parse(receipt.remains)[0]["what"], "configurations");
    must(db::ingest(hub, batch(site, {traffic(6, now, guest, "a.example", 1, 1)}), now));
    EXPECT_EQ(number("select banned from devices where id = '" + device(guest) + "'"), "t") << "and holds when it comes back";
}

TEST_F(Erasure, OtherOrganisationsAreUntouched) {
    const auto other = make_site("other");
    must(db::ingest(hub, batch(other, {traffic(1, now, guest, "a.example", 1, 1)}), now));
    EXPECT_EQ(run(db::purge(api, {other.organisation}, {.target = device(guest)})).error().code, Code::NotFound);
    purge(db::PurgeKind::Device, device(guest));
    EXPECT_EQ(number("select count(*) from devices where mac = '" + guest + "'"), "1");
    EXPECT_EQ(number("select count(*) from traffic where mac = '" + guest + "'"), "1");
}

TEST_F(Erasure, AnEventIsErasedWithItsKey) {
    ban(true);
    ban(false);
    const auto event = number("insert into events (organisation_id, name, closed_at) values ('" + site.organisation +
                              "', 'over', now()) returning id")
                           .substr(0, 36);
    postgres().sql("update routers set event_id = '" + event + "' where id = '" + site.router + "'");
    const auto receipt = purge(db::PurgeKind::Event, event);
    const auto removed = nlohmann::json::parse(receipt.removed);
    EXPECT_EQ(removed["traffic"], 3) << receipt.removed;
    EXPECT_EQ(removed["leases"], 1);
    EXPECT_EQ(removed["devices"], 2);
    EXPECT_EQ(found(guest), "");
    EXPECT_EQ(number("select count(*) from devices where router_id = '" + site.router + "'"), "0");
    EXPECT_EQ(number("select count(*) from traffic where router_id = '" + site.router + "'"), "0");
    EXPECT_EQ(number("select key is null and destroyed_at is not null from pseudonym_keys where event_id = '" + event + "'"),
              "t");
    EXPECT_EQ(must(db::purge_receipts(api, {site.organisation}, 10, {})).rows.at(0).id, receipt.id);
}

TEST_F(Erasure, AnEventThatReleasedItsRoutersIsErasedAndTheNextOneIsNot) {
    const auto event = [&](const std::string& name) {
        return number("insert into events (organisation_id, name) values ('" + site.organisation + "', '" + name +
                      "') returning id")
            .substr(0, 36);
    };
    const auto move_to = [&](const std::string& event_id) {
        postgres().sql("update routers set event_id = " + event_id + " where id = '" + site.router + "'");
    };
    const auto first = event("first"), second = event("second");
    move_to("'" + first + "'");
    move_to("null");
    move_to("'" + second + "'");
    const auto later = guest.substr(0, 12) + "f0:" + guest.substr(15);
    must(db::ingest(hub,
                    batch(site, {traffic(6, wall_now() + Seconds{60}, later, "a.example", 1, 1),
                                 lease(7, "granted", wall_now() + Seconds{60}, later, "10.66.0.78", "bobs-phone")}),
                    now));
    purge(db::PurgeKind::Event, first);
    EXPECT_EQ(found(guest), "") << "seen last in the first event";
    EXPECT_EQ(number("select mac from devices where router_id = '" + site.router + "'"), later);
    EXPECT_EQ(number("select count(*) from traffic where router_id = '" + site.router + "'"), "1");
    purge(db::PurgeKind::Event, second);
    EXPECT_EQ(found(later), "");
}

TEST_F(Erasure, AnEventWithoutRoutersHasNothingToErase) {
    const auto event =
        number("insert into events (organisation_id, name) values ('" + site.organisation + "', 'idea') returning id")
            .substr(0, 36);
    purge(db::PurgeKind::Event, event);
    EXPECT_EQ(number("select count(*) from devices where router_id = '" + site.router + "'"), "2");
}

TEST_F(Erasure, WhatIsHeldOfADeviceIsAllOfIt) {
    ban(true);
    const auto data = nlohmann::json::parse(must(db::device_data(api, {site.organisation}, device(guest), "", "192.0.2.1")));
    for (const auto* table : {"devices", "leases", "traffic", "traffic_5m", "configurations", "audit_log"})
        EXPECT_TRUE(data.contains(table)) << table;
    EXPECT_EQ(data["leases"][0]["hostname"], "anns-phone");
    EXPECT_EQ(data["traffic"].size(), 2u);
    EXPECT_EQ(number("select count(*) from audit_log where action = 'device_data.read' and target = '" + device(guest) + "'"),
              "1");
    EXPECT_EQ(run(db::device_data(api, {make_site("curious").organisation}, device(guest), "", "")).error().code, Code::NotFound);
}

TEST_F(Erasure, ARestoredDumpForgetsAgain) {
    const auto owner = postgres().owner_url(), superuser = postgres().url("postgres");
    const TempFolder folder;
    const std::string dump = folder / "before.sql";
    ASSERT_EQ(std::system(("pg_dump --file=" + dump + " '" + superuser + "'").c_str()), 0);
    const auto target = device(guest);
    purge(db::PurgeKind::Device, target);
    const auto list = must(db::export_purges(owner));
    EXPECT_NE(list.find(target), std::string::npos);
    EXPECT_EQ(list.find(guest), std::string::npos) << "the list says nobody's MAC";

    postgres().sql("create database restored owner vivi_owner");
    const auto in_restored = [](std::string url) { return url.replace(url.rfind("/vivi"), 5, "/restored"); };
    ASSERT_EQ(std::system(("psql -q -v ON_ERROR_STOP=1 -f " + dump + " '" + in_restored(superuser) + "' >/dev/null").c_str()), 0);
    db::Pool restored{in_restored(postgres().url("vivi_api")), 1};
    EXPECT_TRUE(run(db::device_data(restored, {site.organisation}, target, "", ""))) << "the dump had it";
    EXPECT_FALSE(db::replay_purges(in_restored(owner), list + "{\"x\":1}\n")) << "nothing is done by halves";
    must(db::replay_purges(in_restored(owner), list));
    EXPECT_EQ(run(db::device_data(restored, {site.organisation}, target, "", "")).error().code, Code::NotFound);
    const auto again = must(db::replay_purges(in_restored(owner), list));
    EXPECT_TRUE(again.starts_with("0 of ")) << again;
}

TEST_F(Erasure, HmacIsThatOfRfc4231) {
    EXPECT_EQ(number("select encode(hmac_sha256(decode(repeat('0b', 20), 'hex'), 'Hi There'), 'hex')"),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(number("select encode(hmac_sha256(decode(repeat('aa', 131), 'hex'), 'Test Using Larger Than Block-Size Key - Hash "
                     "Key First'),"
                     " 'hex')"),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    EXPECT_EQ(number("select pseudonym_of('02:00:00:00:00:01', 'key') ~ '^.[26ae]:'"), "t") << "locally administered, unicast";
    EXPECT_EQ(number("select has_table_privilege('vivi_api', 'pseudonym_keys', 'select')"), "f");
}

TEST_F(Erasure, KeysEndWithRetention) {
    const auto event = number("insert into events (organisation_id, name, closed_at) values ('" + site.organisation +
                              "', 'long over', now() - interval '401 days') returning id")
                           .substr(0, 36);
    postgres().sql("insert into pseudonym_keys (organisation_id, event_id, key) values ('" + site.organisation + "', '" + event +
                   "', 'secret')");
    must(db::forget_by_settings(hub));
    EXPECT_EQ(number("select key is null from pseudonym_keys where event_id = '" + event + "'"), "t");
}

}  // namespace
}  // namespace vivi::test
