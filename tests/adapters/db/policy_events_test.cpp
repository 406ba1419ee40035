// The policy's events in a real PostgreSQL: once each, alarms raised and cleared, and what is personal goes after 24 hours.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/pools.hpp"
#include "server/db/retention.hpp"
#include "tests/adapters/db/fixture.hpp"

namespace vivi::test {
namespace {

class PolicyEvents : public Database {
protected:
    const WallTime now = wall_now();
    Site site = make_site("policy-events");

    db::Entry event(std::uint64_t sequence, const std::string& topic, const std::string& members, WallTime at) const {
        return {.sequence = sequence, .topic = topic, .body = envelope(at) + members + "}"};
    }
    db::Entry hits(std::uint64_t sequence, int count, WallTime at, const std::string& device = phone) const {
        const auto who = device.empty() ? std::string{} : R"("device":")" + device + R"(",)";
        return event(sequence, "policy.hit",
                     R"("tick_ms":250,"revision":1,"by":"dnsd","folded":0,"rows":[{)" + who +
                         R"("name":"bad.example","layer":"event_deny","rule":"domain bad.example, deny","hits":)" +
                         std::to_string(count) + "}]",
                     at);
    }
    db::Entry domains(std::uint64_t sequence, int queries, WallTime at) const {
        return event(sequence, "domain.seen",
                     R"("tick_ms":250,"folded":0,"rows":[{"device":")" + std::string{phone} +
                         R"(","name":"good.example","queries":)" + std::to_string(queries) + "}]",
                     at);
    }
    db::Entry health(std::uint64_t sequence, const std::string& state) const {
        return event(sequence, "health.dns", R"("state":")" + state + R"(","detail":"dnsd is away")", now);
    }
    std::string of_site(const std::string& what, const std::string& table) {
        return number("select coalesce(string_agg(" + what + ", ' '), '') from " + table + " where router_id = '" + site.router +
                      "'");
    }
};

TEST_F(PolicyEvents, AreCountedOnceHoweverOftenTheyCome) {
    const auto sent = batch(site, {hits(1, 3, now), domains(2, 5, now), hits(3, 4, now), hits(4, 1, now, "")});
    EXPECT_EQ(must(db::ingest(hub, sent, now)).dead_letters, 0u);
    const auto again = must(db::ingest(hub, sent, now));
    EXPECT_EQ(again.durable, 4u);
    EXPECT_EQ(of_site("hits::text", "(select * from policy_hits order by hits) t"), "1 7");
    EXPECT_EQ(of_site("queries::text", "domains_seen"), "5");
    must(db::ingest(hub, batch(site, {hits(4, 1, now, ""), hits(5, 2, now, ""), domains(6, 1, now)}), now));
    EXPECT_EQ(of_site("hits::text", "(select * from policy_hits order by hits) t"), "3 7") << "no device is one key, not many";
    EXPECT_EQ(of_site("queries::text", "domains_seen"), "6");
    EXPECT_EQ(of_site("queries::text", "device_domains"), "6");
}

TEST_F(PolicyEvents, AnUnknownTopicIsStillPutAside) {
    const auto result = must(db::ingest(
        hub,
        batch(site, {event(1, "policy.unheard", R"("x":1)", now), event(2, "policy.hit", R"("rows":7)", now), hits(3, 1, now)}),
        now));
    EXPECT_EQ(result.dead_letters, 2u);
    EXPECT_EQ(of_site("hits::text", "policy_hits"), "1");
}

TEST_F(PolicyEvents, AnAlarmIsRaisedOnceAndClearedByItsEnd) {
    const auto raised = must(db::ingest(hub, batch(site, {health(1, "fallback"), health(2, "closed")}), now));
    EXPECT_EQ(raised.kinds, std::vector<std::string>{"alarms"}) << "viewers are woken";
    const std::string row = "count || ':' || (detail->>'state') || ':' || (cleared_at is null)";
    EXPECT_EQ(of_site(row, "alarms"), "2:closed:true");
    must(db::ingest(hub, batch(site, {health(3, "closed")}), now));
    EXPECT_EQ(of_site(row, "alarms"), "3:closed:true");
    must(db::ingest(hub, batch(site, {health(4, "ok")}), now));
    EXPECT_EQ(of_site(row, "alarms"), "3:closed:false");
    must(db::ingest(hub, batch(site, {health(5, "fallback"), health(6, "repaired")}), now));
    EXPECT_EQ(of_site(row, "(select * from alarms order by id) t"), "3:closed:false 1:fallback:false 1:repaired:false");
}

TEST_F(PolicyEvents, AFloodOfAlarmsHasABound) {
    std::vector<db::Entry> entries;
    for (std::uint64_t i = 1; i <= 300; ++i)
        entries.push_back(event(i, "network.foreign_ra",
                                R"("interface":"lan","router":"fe80::1","device":"06:00:00:00:0)" + std::to_string(i / 100) +
                                    ":" + std::to_string(i / 10 % 10) + std::to_string(i % 10) + "\"",
                                now));
    must(db::ingest(hub, batch(site, entries), now));
    EXPECT_EQ(of_site("n::text", "(select router_id, count(*) as n from alarms group by router_id) t"), "200");
}

TEST_F(PolicyEvents, WhatIsPersonalIsForgottenAfterADay) {
    const auto old = now - Seconds{25 * 3600};
    must(db::ingest(
        hub,
        batch(site, {hits(1, 1, old), hits(2, 2, old, ""), hits(3, 3, now), domains(4, 1, old), domains(5, 2, now),
                     event(6, "dhcp.conflict", R"("network":"lan","address":"10.66.0.7","device":"02:00:00:00:00:09")", old)}),
        now));
    EXPECT_EQ(of_site("hits::text", "(select * from policy_hits order by hits) t"), "1 2 3");
    must(db::forget_outlived(hub, 1));
    EXPECT_EQ(of_site("hits::text", "(select * from policy_hits order by hits) t"), "2 3") << "whose device is not known stays";
    EXPECT_EQ(of_site("queries::text", "device_domains"), "2");
    EXPECT_EQ(of_site("queries::text", "domains_seen"), "3") << "who asked is forgotten, that it was asked is not";
    EXPECT_EQ(of_site("(cleared_at = last_at)::text", "alarms"), "true");
    postgres().sql("update domains_seen set last_seen = now() - interval '31 days' where router_id = '" + site.router + "'");
    postgres().sql("update alarms set cleared_at = now() - interval '91 days' where router_id = '" + site.router + "'");
    must(db::forget_outlived(hub));
    EXPECT_EQ(of_site("queries::text", "domains_seen") + of_site("kind", "alarms"), "");
    EXPECT_EQ(must(db::forget_outlived(hub)), 1);
}

TEST_F(PolicyEvents, AnAlarmThatNobodyTakesBackIsOverWhenItIsNotHeardAnyMore) {
    const auto raised = [&](std::uint64_t sequence, Seconds ago) {
        must(db::ingest(hub,
                        batch(site, {event(sequence, "dhcp.rogue",
                                           R"("network":"lan","server":"10.66.0.9","device":"02:00:00:00:00:09")", now - ago),
                                     event(sequence + 1, "dhcp.conflict",
                                           R"("network":"lan","address":"10.66.0.7","device":"02:00:00:00:00:09")", now - ago),
                                     event(sequence + 2, "network.foreign_ra",
                                           R"("interface":"lan","device":"02:00:00:00:00:09","router":"fe80::9")", now - ago)}),
                        now));
    };
    const auto open = [&] {
        must(db::watch_pools(hub));
        return number(
            "select coalesce(string_agg(kind, ' ' order by kind), '') from alarms where cleared_at is null and router_id = '" +
            site.router + "'");
    };
    raised(1, Seconds{4 * 60});
    EXPECT_EQ(open(), "dhcp.conflict dhcp.rogue network.foreign_ra");
    const auto heard = [&](int minutes) {
        postgres().sql("update alarms set last_at = now() - interval '" + std::to_string(minutes) +
                       " minutes' where cleared_at is null and router_id = '" + site.router + "'");
    };
    heard(6);
    postgres().sql("update routers set last_seen_at = now() - interval '4 minutes' where id = '" + site.router + "'");
    EXPECT_EQ(open(), "dhcp.conflict dhcp.rogue network.foreign_ra") << "whether it is still there, nobody can say";
    postgres().sql("update routers set last_seen_at = now() where id = '" + site.router + "'");
    EXPECT_EQ(open(), "dhcp.conflict network.foreign_ra");
    EXPECT_EQ(of_site("(cleared_at = last_at)::text", "(select * from alarms where kind = 'dhcp.rogue') t"), "true");
    heard(16);
    EXPECT_EQ(open(), "network.foreign_ra");
    heard(36);
    EXPECT_EQ(open(), "");
    raised(4, Seconds{60});
    EXPECT_EQ(open(), "dhcp.conflict dhcp.rogue network.foreign_ra") << "heard again, it is another alarm";
    EXPECT_EQ(of_site("1::text", "alarms"), "1 1 1 1 1 1");
}

TEST_F(PolicyEvents, WhatWasOverBeforeARouterCouldTellOpensNothing) {
    const auto rogue = [&](std::uint64_t sequence, Seconds ago) {
        must(db::ingest(hub,
                        batch(site, {event(sequence, "dhcp.rogue",
                                           R"("network":"lan","server":"10.66.0.9","device":"02:00:00:00:00:09")", now - ago)}),
                        now));
    };
    rogue(1, Seconds{40 * 60});
    EXPECT_EQ(of_site("(cleared_at = last_at)::text", "alarms"), "true") << "told after an outage, it is history";
    rogue(2, Seconds{60});
    EXPECT_EQ(of_site("(cleared_at is null)::text", "(select * from alarms order by id) t"), "false true");
}

TEST_F(PolicyEvents, OnlyTheHubForgets) { EXPECT_EQ(run(db::forget_outlived(api)).error().code, Code::Internal); }

}  // namespace
}  // namespace vivi::test
