// The upserts of hits, names and alarms.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/store_policy.hpp"

#include "server/db/arrays.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

// As with traffic: sums stay in the range that JSON numbers hold exactly.
constexpr std::string_view hits_sql =
    "insert into policy_hits (organisation_id, router_id, at, mac, name, address, layer, rule, by, hits)"
    " select current_organisation(), $1, 'epoch'::timestamptz + at * interval '1 millisecond', mac, name, address, layer, rule,"
    " by, hits from unnest($2::bigint[], $3::macaddr[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[])"
    " as t(at, mac, name, address, layer, rule, by, hits)"
    " on conflict (router_id, at, mac, name, address, layer, rule, by) do update set"
    " hits = least(policy_hits.hits::numeric + excluded.hits, 9007199254740991)::bigint";

constexpr std::string_view domains_sql =
    "insert into domains_seen (organisation_id, router_id, name, first_seen, last_seen, queries)"
    " select current_organisation(), $1, name, 'epoch'::timestamptz + first * interval '1 millisecond',"
    " 'epoch'::timestamptz + last * interval '1 millisecond', queries"
    " from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) as t(name, first, last, queries)"
    " on conflict (router_id, name) do update set first_seen = least(domains_seen.first_seen, excluded.first_seen),"
    " last_seen = greatest(domains_seen.last_seen, excluded.last_seen),"
    " queries = least(domains_seen.queries::numeric + excluded.queries, 9007199254740991)::bigint";

constexpr std::string_view device_domains_sql =
    "insert into device_domains (organisation_id, router_id, at, mac, name, queries)"
    " select current_organisation(), $1, 'epoch'::timestamptz + at * interval '1 millisecond', mac, name, queries"
    " from unnest($2::bigint[], $3::macaddr[], $4::text[], $5::bigint[]) as t(at, mac, name, queries)"
    " on conflict (router_id, at, mac, name) do update set"
    " queries = least(device_domains.queries::numeric + excluded.queries, 9007199254740991)::bigint";

constexpr std::string_view raise_sql =
    "insert into alarms (organisation_id, router_id, kind, subject, detail, count, at, last_at)"
    " select current_organisation(), $1, $2, $3, $4::jsonb, $5::bigint, 'epoch'::timestamptz + $6::bigint * interval '1 "
    "millisecond',"
    " 'epoch'::timestamptz + $7::bigint * interval '1 millisecond'"
    " where (select count(*) from alarms where router_id = $1 and kind = $2 and cleared_at is null) < 200"
    " or exists (select from alarms where router_id = $1 and kind = $2 and subject = $3 and cleared_at is null)"
    " on conflict (router_id, kind, subject) where cleared_at is null do update set detail = excluded.detail,"
    " count = alarms.count + excluded.count, last_at = greatest(alarms.last_at, excluded.last_at)";

constexpr std::string_view clear_sql =
    "update alarms set cleared_at = greatest(last_at, 'epoch'::timestamptz + $4::bigint * interval '1 millisecond')"
    " where router_id = $1 and kind = $2 and subject = $3 and cleared_at is null";

void store_hits(Transaction& transaction, const std::string& router, const PolicyNews& news) {
    if (news.hits.empty()) return;
    ArrayLiteral at, mac, name, address, layer, rule, by, hits;
    for (const auto& [key, count] : news.hits) {
        const auto& [bucket, device, what, where, decided, words, who] = key;
        at.add(to_unix_ms(bucket));
        if (device)
            mac.add(to_string(*device));
        else
            mac.add_null();
        name.add(what);
        address.add(where);
        layer.add(decided);
        rule.add(words);
        by.add(who);
        hits.add(count);
    }
    transaction.run(hits_sql, router, at.text(), mac.text(), name.text(), address.text(), layer.text(), rule.text(), by.text(),
                    hits.text());
}

void store_domains(Transaction& transaction, const std::string& router, const PolicyNews& news) {
    if (news.domains.empty()) return;
    ArrayLiteral name, first, last, queries;
    for (const auto& [domain, seen] : news.domains) {
        name.add(domain);
        first.add(to_unix_ms(seen.first_seen));
        last.add(to_unix_ms(seen.last_seen));
        queries.add(seen.queries);
    }
    transaction.run(domains_sql, router, name.text(), first.text(), last.text(), queries.text());
    if (news.device_domains.empty()) return;
    ArrayLiteral at, mac, of_device, count;
    for (const auto& [key, asked] : news.device_domains) {
        at.add(to_unix_ms(std::get<WallTime>(key)));
        mac.add(to_string(std::get<Mac>(key)));
        of_device.add(std::get<std::string>(key));
        count.add(asked);
    }
    transaction.run(device_domains_sql, router, at.text(), mac.text(), of_device.text(), count.text());
}

void store_alarm(Transaction& transaction, const std::string& router, const AlarmNews& alarm) {
    if (!alarm.is_raised || alarm.is_over)
        transaction.run(clear_sql, router, alarm.kind, alarm.subject, to_unix_ms(alarm.last_at));
    if (!alarm.is_raised) return;
    transaction.run(raise_sql, router, alarm.kind, alarm.subject, alarm.detail, alarm.count, to_unix_ms(alarm.at),
                    to_unix_ms(alarm.last_at));
    if (alarm.is_over) transaction.run(clear_sql, router, alarm.kind, alarm.subject, to_unix_ms(alarm.last_at));
}

}  // namespace

void store_policy(Transaction& transaction, const std::string& router, const PolicyNews& news) {
    store_hits(transaction, router, news);
    store_domains(transaction, router, news);
    for (const auto& alarm : news.alarms) store_alarm(transaction, router, alarm);
}

}  // namespace vivi::db
