// The upserts of a batch: insert … select from unnest, which row-level security allows (COPY it does not).
// SPDX-License-Identifier: Apache-2.0
#include "server/db/store_gathered.hpp"

#include <map>
#include <set>

#include "server/db/arrays.hpp"
#include "server/db/store_policy.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

// Counts stay in the range that JSON numbers hold exactly (2^53 - 1); a router that lies cannot overflow a column.
constexpr std::string_view traffic_sql =
    "insert into traffic (organisation_id, router_id, at, mac, name, source, bytes_up, bytes_down, packets_up, packets_down)"
    " select current_organisation(), $1, 'epoch'::timestamptz + at * interval '1 millisecond', mac, name, source, up, down, pup, "
    "pdown"
    " from unnest($2::bigint[], $3::macaddr[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])"
    " as t(at, mac, name, source, up, down, pup, pdown)"
    " on conflict (router_id, at, mac, name, source) do update set"
    " bytes_up = least(traffic.bytes_up::numeric + excluded.bytes_up, 9007199254740991)::bigint,"
    " bytes_down = least(traffic.bytes_down::numeric + excluded.bytes_down, 9007199254740991)::bigint,"
    " packets_up = least(traffic.packets_up::numeric + excluded.packets_up, 9007199254740991)::bigint,"
    " packets_down = least(traffic.packets_down::numeric + excluded.packets_down, 9007199254740991)::bigint";

// Before the rows themselves: who rolls up waits for the mark of a batch that is on its way.
constexpr std::string_view dirty_sql =
    "insert into traffic_dirty as d (organisation_id, router_id, level, at)"
    " select current_organisation(), $1, 5, 'epoch'::timestamptz + at * interval '5 minutes' from unnest($2::bigint[]) as t(at)"
    " order by at on conflict (router_id, level, at) do update set marked_at = now()";

constexpr std::string_view totals_sql =
    "insert into traffic_totals as t (organisation_id, router_id, at, bytes_up, bytes_down, packets_up, packets_down)"
    " select current_organisation(), $1, 'epoch'::timestamptz + at * interval '1 millisecond', up, down, pup, pdown"
    " from unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as n(at, up, down, pup, pdown)"
    " on conflict (router_id, at) do update set"
    " bytes_up = least(t.bytes_up::numeric + excluded.bytes_up, 9007199254740991)::bigint,"
    " bytes_down = least(t.bytes_down::numeric + excluded.bytes_down, 9007199254740991)::bigint,"
    " packets_up = least(t.packets_up::numeric + excluded.packets_up, 9007199254740991)::bigint,"
    " packets_down = least(t.packets_down::numeric + excluded.packets_down, 9007199254740991)::bigint";

constexpr std::string_view devices_sql =
    "insert into devices as d (organisation_id, router_id, mac, first_seen_at, last_seen_at, bytes_up, bytes_down,"
    " rate_up, rate_down, rate_until, revision)"
    " select current_organisation(), $1, mac, 'epoch'::timestamptz + seen * interval '1 millisecond',"
    " 'epoch'::timestamptz + seen * interval '1 millisecond', up, down, coalesce(rate_up, 0), coalesce(rate_down, 0),"
    " coalesce('epoch'::timestamptz + until * interval '1 millisecond', '-infinity'), $9"
    " from unnest($2::macaddr[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])"
    " as t(mac, seen, up, down, rate_up, rate_down, until)"
    " on conflict (router_id, mac) do update set"
    " first_seen_at = least(d.first_seen_at, excluded.first_seen_at),"
    " last_seen_at = greatest(d.last_seen_at, excluded.last_seen_at),"
    " bytes_up = least(d.bytes_up::numeric + excluded.bytes_up, 9007199254740991)::bigint,"
    " bytes_down = least(d.bytes_down::numeric + excluded.bytes_down, 9007199254740991)::bigint,"
    " rate_up = case when excluded.rate_until = '-infinity' then d.rate_up else excluded.rate_up end,"
    " rate_down = case when excluded.rate_until = '-infinity' then d.rate_down else excluded.rate_down end,"
    " rate_until = greatest(d.rate_until, excluded.rate_until),"
    " revision = excluded.revision returning case when xmax = 0 then mac::text end";  // xmax 0: inserted, not updated.

// A device may have been banned, protected or put into a group before it was ever seen: the document that was decided says so,
// the new row must too.
constexpr std::string_view decided_before_sql =
    "update devices d set banned = t.rule is not null, ban_reason = coalesce(t.rule->>'reason', ''), ban_revision = t.revision,"
    " banned_at = case when t.rule is not null then now() end,"
    " banned_until = 'epoch'::timestamptz + (t.rule->>'until')::bigint * interval '1 millisecond', group_name = t.group_name,"
    " is_protected = t.is_protected"
    " from (select k.id, c.revision, coalesce(c.policy->'protected_devices' ? k.mac::text, false) as is_protected,"
    " coalesce((select g->>'name' from jsonb_array_elements(c.policy->'groups') g where g->'devices' ? k.mac::text limit 1), '')"
    " as group_name, (select r from jsonb_array_elements(c.policy->'devices') r where r->>'device' = k.mac::text"
    " and r->>'decision' = 'deny' and not r ? 'schedule' and not coalesce(c.policy->'protected_devices' ? k.mac::text, false)"
    " and coalesce((r->>'until')::bigint > extract(epoch from now()) * 1000, true)"
    " order by (r->>'until')::bigint desc nulls first limit 1) as rule"
    " from devices k, (select revision, document->'policy' as policy from configurations where router_id = $1"
    " and revision = $3::bigint) c where k.router_id = $1 and k.mac = any($2::macaddr[])) t"
    " where d.id = t.id and (t.rule is not null or t.group_name <> '' or t.is_protected)";

constexpr std::string_view leases_sql =
    "insert into leases as l (organisation_id, router_id, mac, address, network, hostname, state, granted_at, expires_at, "
    "ended_at, client_id, duration_seconds)"
    " select current_organisation(), $1, mac, address, network, hostname, state, 'epoch'::timestamptz + granted * interval '1 "
    "millisecond',"
    " 'epoch'::timestamptz + expires * interval '1 millisecond', 'epoch'::timestamptz + ended * interval '1 millisecond',"
    " case when ended is null then client else '' end, duration"
    " from unnest($2::macaddr[], $3::inet[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::bigint[],"
    " $10::text[], $11::bigint[]) as t(mac, address, network, hostname, state, granted, expires, ended, client, duration)"
    " on conflict (router_id, mac, address, granted_at) do update set network = excluded.network, hostname = excluded.hostname,"
    " state = excluded.state, expires_at = excluded.expires_at, ended_at = excluded.ended_at, client_id = excluded.client_id,"
    " duration_seconds = excluded.duration_seconds";

// An address has one holder: whoever had it before, and whose end was never heard, has it no more.
constexpr std::string_view stale_holders_sql =
    "update devices d set address = null, lease_expires_at = null, revision = $4"
    " from unnest($2::macaddr[], $3::inet[]) as t(mac, address)"
    " where d.router_id = $1 and d.address = t.address and d.mac <> t.mac";

constexpr std::string_view holders_sql =
    "update devices d set address = t.address, hostname = case when t.hostname = '' then d.hostname else t.hostname end,"
    " vendor_class = case when t.vendor = '' then d.vendor_class else t.vendor end,"
    " lease_expires_at = 'epoch'::timestamptz + t.expires * interval '1 millisecond', revision = $7"
    " from unnest($2::macaddr[], $3::inet[], $4::text[], $5::text[], $6::bigint[]) as t(mac, address, hostname, vendor, expires)"
    " where d.router_id = $1 and d.mac = t.mac";

constexpr std::string_view ended_sql =
    "update devices d set address = null, lease_expires_at = null from unnest($2::macaddr[], $3::inet[]) as t(mac, address)"
    " where d.router_id = $1 and d.mac = t.mac and d.address = t.address";

/// Makes the places of what is coming, and marks the 5 minutes that change.
void prepare_traffic(Transaction& transaction, const std::string& router, const Gathered& gathered) {
    std::set<std::int64_t> hours, marks;
    for (const auto& [key, counted] : gathered.traffic) {
        const auto at = to_unix_ms(std::get<WallTime>(key));
        hours.insert(at / 3'600'000);
        marks.insert(at / 300'000);
    }
    ArrayLiteral hour, mark;
    for (const auto one : hours) hour.add(one);
    for (const auto one : marks) mark.add(one);
    transaction.run("select ensure_traffic_hour('epoch'::timestamptz + h * interval '1 hour') from unnest($1::bigint[]) h",
                    hour.text());
    transaction.run(dirty_sql, router, mark.text());
}

void store_totals(Transaction& transaction, const std::string& router, const Gathered& gathered) {
    std::map<std::int64_t, Counters> totals;
    for (const auto& [key, counted] : gathered.traffic) totals[to_unix_ms(std::get<WallTime>(key))] += counted;
    ArrayLiteral at, up, down, packets_up, packets_down;
    for (const auto& [bucket, counted] : totals) {
        at.add(bucket);
        up.add(counted.bytes_up);
        down.add(counted.bytes_down);
        packets_up.add(counted.packets_up);
        packets_down.add(counted.packets_down);
    }
    transaction.run(totals_sql, router, at.text(), up.text(), down.text(), packets_up.text(), packets_down.text());
}

void store_traffic(Transaction& transaction, const std::string& router, const Gathered& gathered) {
    if (gathered.traffic.empty()) return;
    prepare_traffic(transaction, router, gathered);
    ArrayLiteral at, mac, name, source, up, down, packets_up, packets_down;
    for (const auto& [key, counted] : gathered.traffic) {
        at.add(to_unix_ms(std::get<WallTime>(key)));
        mac.add(to_string(std::get<Mac>(key)));
        name.add(std::get<std::string>(key));
        source.add(model::to_string(std::get<model::NameSource>(key)));
        up.add(counted.bytes_up);
        down.add(counted.bytes_down);
        packets_up.add(counted.packets_up);
        packets_down.add(counted.packets_down);
    }
    transaction.run(traffic_sql, router, at.text(), mac.text(), name.text(), source.text(), up.text(), down.text(),
                    packets_up.text(), packets_down.text());
    store_totals(transaction, router, gathered);
}

void store_devices(Transaction& transaction, const LockedRouter& router, const Gathered& gathered, std::int64_t visible) {
    ArrayLiteral mac, seen, up, down, rate_up, rate_down, until;
    for (const auto& [device, news] : gathered.devices) {
        mac.add(to_string(device));
        seen.add(to_unix_ms(news.seen_at));
        up.add(news.total.bytes_up);
        down.add(news.total.bytes_down);
        if (news.rate) {
            rate_up.add(news.rate->up);
            rate_down.add(news.rate->down);
            until.add(to_unix_ms(news.rate->until));
        } else {
            rate_up.add_null();
            rate_down.add_null();
            until.add_null();
        }
    }
    if (mac.empty()) return;
    ArrayLiteral inserted;
    for (const auto& row : transaction.run(devices_sql, router.id, mac.text(), seen.text(), up.text(), down.text(),
                                           rate_up.text(), rate_down.text(), until.text(), visible)) {
        if (!row[0].is_null()) inserted.add(row[0].as<std::string>());
    }
    if (!inserted.empty()) transaction.run(decided_before_sql, router.id, inserted.text(), router.desired_revision);
}

void store_leases(Transaction& transaction, const std::string& router, const Gathered& gathered) {
    ArrayLiteral mac, address, network, hostname, state, granted, expires, ended, client, duration;
    for (const auto& [key, news] : gathered.leases) {
        mac.add(to_string(news.lease.device));
        address.add(to_string(news.lease.address));
        network.add(news.lease.network);
        hostname.add(news.lease.hostname);
        state.add(news.state);
        granted.add(to_unix_ms(news.lease.granted_at));
        expires.add(to_unix_ms(news.lease.expires_at));
        client.add(news.lease.client_id);
        duration.add(news.lease.duration.count());
        if (news.ended_at)
            ended.add(to_unix_ms(*news.ended_at));
        else
            ended.add_null();
    }
    if (mac.empty()) return;
    transaction.run(leases_sql, router, mac.text(), address.text(), network.text(), hostname.text(), state.text(), granted.text(),
                    expires.text(), ended.text(), client.text(), duration.text());
}

void store_holders(Transaction& transaction, const std::string& router, const Gathered& gathered, std::int64_t visible) {
    ArrayLiteral mac, address, hostname, vendor, expires, ended_mac, ended_address;
    for (const auto& [device, news] : gathered.devices) {
        if (news.has_lease_news && news.lease) {
            mac.add(to_string(device));
            address.add(to_string(news.lease->address));
            hostname.add(news.lease->hostname);
            vendor.add(news.lease->vendor_class);
            expires.add(to_unix_ms(news.lease->expires_at));
        } else if (news.has_lease_news && news.released) {
            ended_mac.add(to_string(device));
            ended_address.add(to_string(*news.released));
        }
    }
    if (!ended_mac.empty()) transaction.run(ended_sql, router, ended_mac.text(), ended_address.text());
    if (mac.empty()) return;
    transaction.run(stale_holders_sql, router, mac.text(), address.text(), visible);
    transaction.run(holders_sql, router, mac.text(), address.text(), hostname.text(), vendor.text(), expires.text(), visible);
}

void store_settings(Transaction& transaction, const std::string& router, const SettingsNews& news) {
    if (!news.unenforced && !news.trial) return;
    transaction.run(
        "insert into router_sync (organisation_id, router_id) values (current_organisation(), $1) on conflict do nothing",
        router);
    if (news.unenforced)
        transaction.run("update router_sync set unenforced = $2::jsonb, unenforced_revision = $3 where router_id = $1", router,
                        *news.unenforced, news.unenforced_revision);
    if (!news.trial) return;
    transaction.run("update router_sync set trial = $2, trial_revision = $3 where router_id = $1", router, *news.trial,
                    news.trial_revision);
    if (news.reverted_at == WallTime{}) return;
    transaction.run(
        "update router_sync set reverted_revision = $2, reverted_reason = $3,"
        " reverted_at = 'epoch'::timestamptz + $4::bigint * interval '1 millisecond' where router_id = $1",
        router, news.trial_revision, news.revert_reason, to_unix_ms(news.reverted_at));
}

void store_status(Transaction& transaction, LockedRouter& router, const Gathered& gathered, std::int64_t visible) {
    if (gathered.applied_revision) apply_revision(transaction, router, *gathered.applied_revision, visible);
    if (gathered.apply_error)
        transaction.run("update routers set apply_error = $2 where id = $1", router.id, *gathered.apply_error);
    for (const auto& gap : gathered.gaps)
        transaction.run(
            "insert into sync_gaps (organisation_id, router_id, kind, detail) values (current_organisation(), $1, $2, $3::jsonb)",
            router.id, gap.kind, gap.detail);
    store_settings(transaction, router.id, gathered.settings);
}

}  // namespace

void store(Transaction& transaction, LockedRouter& router, const Gathered& gathered, std::int64_t visible) {
    store_traffic(transaction, router.id, gathered);
    store_devices(transaction, router, gathered, visible);
    store_leases(transaction, router.id, gathered);
    store_holders(transaction, router.id, gathered, visible);
    store_status(transaction, router, gathered, visible);
    store_policy(transaction, router.id, gathered.policy);
}

}  // namespace vivi::db
