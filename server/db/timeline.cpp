// SQL of the course of an event.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/timeline.hpp"

#include <algorithm>

#include "server/db/event_rates.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view spans =
    "span as (select router_id, from_at, coalesce(until_at, 'infinity') as until_at from event_routers"
    " where event_id = $1 and organisation_id = current_organisation())";

// Numbered rows become uuids that no random one is: "a" and "b" in front keep those of two tables apart.
std::string entries_sql() {
    return "with " + std::string{spans} +
           ", entry as ("
           "select n.id, n.at, null::timestamptz as until, 'note' as kind, '' as what, n.text, '{}' as detail,"
           " coalesce(u.name, '') as author, '' as router from event_notes n left join users u on u.id = n.user_id"
           " where n.event_id = $1 and n.organisation_id = current_organisation()"
           " union all select id, starts_at, ends_at, 'phase', '', name, '{}', '', '' from event_phases"
           " where event_id = $1 and organisation_id = current_organisation() and starts_at <= now()"
           " union all select ('a' || lpad(to_hex(a.id), 31, '0'))::uuid, a.at, a.cleared_at, 'alarm', a.kind, a.subject,"
           " a.detail::text, coalesce(u.name, ''), a.router_id::text from span s join alarms a on a.router_id = s.router_id"
           " and a.organisation_id = current_organisation() and a.at >= s.from_at and a.at < s.until_at"
           " left join users u on u.id = a.acknowledged_by"
           " union all select ('b' || lpad(to_hex(l.id), 31, '0'))::uuid, l.at, null,"
           " case when split_part(l.action, '.', 2) in ('banned', 'unbanned') then 'ban' when l.action like 'router.%' then "
           "'router'"
           " when l.action like 'event.%' and l.action <> 'event.policy' then 'event' else 'policy' end,"
           " l.action, '', l.detail::text, coalesce(u.name, ''), coalesce(s.router_id::text, l.detail->>'router', '')"
           " from audit_log l left join users u on u.id = l.user_id"
           " left join span s on s.router_id::text = l.target and l.at >= s.from_at and l.at < s.until_at"
           " where l.organisation_id = current_organisation() and l.action = any(array["
           "'policy.replaced', 'event.policy', 'domain.allowed', 'domain.denied', 'profile.loaded', 'configuration.replaced',"
           " 'configuration.rolled_back', 'device.banned', 'device.unbanned', 'devices.banned', 'devices.unbanned',"
           " 'devices.grouped', 'devices.protected', 'devices.unprotected', 'router.assigned', 'router.left', 'event.created',"
           " 'event.updated', 'event.phases', 'event.closed'])"
           " and (l.target = $1::text or l.detail->>'event' = $1::text or s.router_id is not null))"
           " select id::text, (extract(epoch from at) * 1000000)::bigint, " +
           unix_ms("until") + ", kind, what, text, detail, author, router from entry";
}

TimelineEntry to_entry(const pqxx::row& row) {
    TimelineEntry entry{.id = row[0].as<std::string>(),
                        .at_us = row[1].as<std::int64_t>(),
                        .kind = row[3].as<std::string>(),
                        .what = row[4].as<std::string>(),
                        .text = row[5].as<std::string>(),
                        .detail = row[6].as<std::string>(),
                        .author = row[7].as<std::string>(),
                        .router = row[8].as<std::string>()};
    if (!row[2].is_null()) entry.until = from_unix_ms(row[2].as<std::int64_t>());
    return entry;
}

TimelinePage read_page(Transaction& transaction, const TimelineQuery& query) {
    const auto sql = entries_sql() +
                     " where ($2::bigint < 0 or (at, id) < ('epoch'::timestamptz + $2::bigint * interval '1 microsecond',"
                     " nullif($3, '')::uuid)) order by at desc, id desc limit $4::int";
    TimelinePage page;
    for (const auto& row : transaction.run(sql, query.event, query.after_us.value_or(-1), query.after_id, query.first + 1))
        page.rows.push_back(to_entry(row));
    page.has_next = page.rows.size() > static_cast<std::size_t>(query.first);
    if (page.has_next) page.rows.pop_back();
    return page;
}

void write_note_audit(Transaction& transaction, const EventNote& note) {
    const model::Json detail{{"text", note.text}};
    write_audit(transaction, {.user = note.by.user,
                              .address = note.by.address,
                              .action = "event_note.added",
                              .target = note.event,
                              .detail = detail.dump(-1, ' ', false, model::Json::error_handler_t::replace)});
}

void count_now(Transaction& transaction, const std::string& event, EventCounts& counts) {
    const auto devices = transaction.run(
        "select count(*), count(*) filter (where d.last_seen_at > now() - interval '5 minutes'), count(*) filter (where banned)"
        " from devices d join routers r on r.id = d.router_id"
        " where d.organisation_id = current_organisation() and r.event_id = $1 and r.state = 'accepted'",
        event);
    counts.devices = devices[0][0].as<std::int64_t>();
    counts.devices_online = devices[0][1].as<std::int64_t>();
    counts.devices_banned = devices[0][2].as<std::int64_t>();
    const auto rates = event_rates(transaction, event);
    counts.rate_up = rates.up;
    counts.rate_down = rates.down;
    const auto others = transaction.run(
        "select count(*) filter (where hub <> '' and last_seen_at > now() - interval '60 seconds'), (select count(*) from alarms "
        "a"
        " join routers r on r.id = a.router_id where r.event_id = $1 and a.organisation_id = current_organisation()"
        " and a.cleared_at is null) from routers where organisation_id = current_organisation() and event_id = $1"
        " and state = 'accepted'",
        event);
    counts.routers_online = others[0][0].as<std::int64_t>();
    counts.open_alarms = others[0][1].as<std::int64_t>();
}

// A bucket in which a router came or went is not counted: part of it was elsewhere. Hours where 5 minutes are not kept any more.
void count_peak(Transaction& transaction, const std::string& event, EventCounts& counts) {
    const auto of = [](std::string_view table, std::string_view length) {
        return "select t.at, sum(t.devices) as devices, sum(bytes_up) as up, sum(bytes_down) as down from span s join " +
               std::string{table} +
               " t on t.router_id = s.router_id and t.kind = 'router' and t.at >= s.from_at and t.at + interval '" +
               std::string{length} +
               "' <= s.until_at where t.organisation_id = current_organisation() and t.at >= (select min(from_at) from span)"
               " group by t.at";
    };
    const auto rows = transaction.run(
        "with " + std::string{spans} + ", fine as (" + of("traffic_5m", "5 minutes") + "), coarse as (" +
            of("traffic_1h", "1 hour") +
            "), level as (select * from fine union all select * from coarse"
            " where at + interval '1 hour' <= coalesce((select min(at) from fine), 'infinity'))"
            " select devices::bigint, " +
            unix_ms("at") +
            ", least((select sum(up) from level), 9007199254740991)::bigint,"
            " least((select sum(down) from level), 9007199254740991)::bigint from level order by devices desc, at limit 1",
        event);
    if (rows.empty()) return;
    counts.peak_devices = rows[0][0].as<std::int64_t>();
    counts.peak_at = from_unix_ms(rows[0][1].as<std::int64_t>());
    counts.bytes_up = rows[0][2].as<std::int64_t>();
    counts.bytes_down = rows[0][3].as<std::int64_t>();
}

}  // namespace

Task<Result<TimelinePage>> timeline(Pool& pool, Tenant tenant, TimelineQuery query) {
    const std::function<Result<TimelinePage>(Transaction&)> body = [query](Transaction& transaction) -> Result<TimelinePage> {
        return read_page(transaction, query);
    };
    auto page = co_await pool.transact<TimelinePage>(std::move(tenant), body);
    co_return page;
}

Task<Result<TimelineEntry>> add_event_note(Pool& pool, Tenant tenant, EventNote note) {
    const std::function<Result<TimelineEntry>(Transaction&)> body = [note](Transaction& transaction) -> Result<TimelineEntry> {
        const auto at = note.at ? to_unix_ms(*note.at) : std::int64_t{-1};
        const auto rows = transaction.run(
            "insert into event_notes (organisation_id, event_id, at, text, user_id) select organisation_id, id,"
            " case when $3::bigint < 0 then now() else " +
                instant_of("$3") +
                " end, $2, nullif($4, '')::uuid from events where id = $1 and organisation_id = current_organisation()"
                " returning id::text, (extract(epoch from at) * 1000000)::bigint, null, 'note', '', text, '{}',"
                " coalesce((select name from users where users.id = user_id), ''), ''",
            note.event, note.text, at, note.by.user);
        if (rows.empty()) return failed(Code::NotFound, "no such event");
        write_note_audit(transaction, note);
        return to_entry(rows[0]);
    };
    auto added = co_await pool.transact<TimelineEntry>(std::move(tenant), body);
    co_return added;
}

Task<Result<EventCounts>> event_counts(Pool& pool, Tenant tenant, std::string event) {
    const std::function<Result<EventCounts>(Transaction&)> body = [event](Transaction& transaction) -> Result<EventCounts> {
        EventCounts counts;
        count_now(transaction, event, counts);
        count_peak(transaction, event, counts);
        return counts;
    };
    auto counts = co_await pool.transact<EventCounts>(std::move(tenant), body);
    co_return counts;
}

}  // namespace vivi::db
