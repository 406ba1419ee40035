// SQL of an event's report.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/event_report.hpp"

#include <algorithm>

#include "server/db/pools.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr int most_categories = 15, most_incidents = 200, most_notes = 100;

constexpr std::string_view spans =
    "with span as (select router_id, from_at, coalesce(until_at, now()) as until_at from event_routers"
    " where event_id = $1 and organisation_id = current_organisation())";

std::optional<WallTime> moment(const pqxx::field& field) {
    if (field.is_null()) return std::nullopt;
    return from_unix_ms(field.as<std::int64_t>());
}

/// Rows of the 5 minutes that are kept, and of hours before those; `kind` is "router" or "category".
std::string levels(std::string_view kind) {
    const auto of = [kind](std::string_view table, std::string_view length) {
        return "select t.at, t.router_id, t.key, t.devices, t.bytes_up, t.bytes_down from span s join " + std::string{table} +
               " t on t.router_id = s.router_id and t.kind = '" + std::string{kind} +
               "' and t.at >= s.from_at and t.at + interval '" + std::string{length} +
               "' <= s.until_at where t.organisation_id = current_organisation() and t.at >= (select min(from_at) from span)";
    };
    return std::string{spans} + ", fine as (" + of("traffic_5m", "5 minutes") + "), coarse as (" + of("traffic_1h", "1 hour") +
           "), level as (select * from fine union all select * from coarse"
           " where at + interval '1 hour' <= coalesce((select min(at) from fine), 'infinity'))";
}

Status read_frame(Transaction& transaction, const std::string& event, EventReport& report) {
    const auto rows = transaction.run(std::string{spans} + " select count(distinct router_id), " + unix_ms("min(from_at)") +
                                          ", " + unix_ms("max(until_at)") + " from span",
                                      event);
    if (rows[0][1].is_null()) return failed(Code::NotFound, "the event never had a router");
    report.routers = rows[0][0].as<std::int64_t>();
    report.from = from_unix_ms(rows[0][1].as<std::int64_t>());
    report.to = from_unix_ms(rows[0][2].as<std::int64_t>());
    const auto devices =
        transaction.run(std::string{spans} +
                            " select count(distinct l.mac) from span s join leases l on l.router_id = s.router_id"
                            " and l.granted_at < s.until_at and coalesce(l.ended_at, l.expires_at) > s.from_at"
                            " where l.organisation_id = current_organisation()",
                        event);
    report.devices = devices[0][0].as<std::int64_t>();
    const auto decided = transaction.run(
        std::string{spans} +
            " select count(*) filter (where split_part(l.action, '.', 2) = 'banned'),"
            " count(*) filter (where split_part(l.action, '.', 2) not in ('banned', 'unbanned')) from audit_log l"
            " where l.organisation_id = current_organisation() and l.at >= (select min(from_at) from span)"
            " and l.action = any(array['policy.replaced', 'event.policy', 'domain.allowed', 'domain.denied', 'profile.loaded',"
            " 'configuration.rolled_back', 'device.banned', 'devices.banned'])"
            " and (l.detail->>'event' = $1::text or exists (select from span s where s.router_id::text = l.target"
            " and l.at >= s.from_at and l.at < s.until_at))",
        event);
    report.bans = decided[0][0].as<std::int64_t>();
    report.policy_changes = decided[0][1].as<std::int64_t>();
    return {};
}

void read_traffic(Transaction& transaction, const std::string& event, EventReport& report) {
    for (const auto& row : transaction.run(
             levels("router") +
                 ", bucket as (select at, sum(devices) as devices, sum(bytes_up) as up, sum(bytes_down) as down from"
                 " level group by at) select " +
                 unix_ms("date_bin('1 hour', at, 'epoch')") +
                 ", least(sum(up), 9007199254740991)::bigint, least(sum(down), 9007199254740991)::bigint, max(devices)::bigint"
                 " from bucket group by 1 order by 1",
             event))
        report.hours.push_back({.at = from_unix_ms(row[0].as<std::int64_t>()),
                                .bytes_up = row[1].as<std::int64_t>(),
                                .bytes_down = row[2].as<std::int64_t>(),
                                .devices = row[3].as<std::int64_t>()});
    // As everywhere: what fewer than five devices used together is not told apart.
    for (const auto& row : transaction.run(
             levels("category") +
                 ", category as (select case when max(devices) over (partition by key) < 5 then '' else key end as key, bytes_up,"
                 " bytes_down from level) select key, least(sum(bytes_up), 9007199254740991)::bigint,"
                 " least(sum(bytes_down), 9007199254740991)::bigint from category group by key"
                 " order by sum(bytes_up) + sum(bytes_down) desc, key limit $2::int",
             event, most_categories))
        report.categories.push_back(
            {.name = row[0].as<std::string>(), .bytes_up = row[1].as<std::int64_t>(), .bytes_down = row[2].as<std::int64_t>()});
}

void read_incidents(Transaction& transaction, const std::string& event, EventReport& report) {
    for (const auto& row :
         transaction.run(std::string{spans} + " select " + unix_ms("a.at") + ", " + unix_ms("a.cleared_at") +
                             ", a.kind, r.name, a.subject, a.count from span s join alarms a on a.router_id = s.router_id"
                             " and a.at >= s.from_at and a.at < s.until_at join routers r on r.id = a.router_id"
                             " where a.organisation_id = current_organisation() order by a.at, a.id limit $2::int",
                         event, most_incidents))
        report.incidents.push_back({.at = from_unix_ms(row[0].as<std::int64_t>()),
                                    .until = moment(row[1]),
                                    .kind = row[2].as<std::string>(),
                                    .router = row[3].as<std::string>(),
                                    .subject = row[4].as<std::string>(),
                                    .count = row[5].as<std::int64_t>()});
    for (const auto& row : transaction.run("select " + unix_ms("at") +
                                               ", text from event_notes where event_id = $1 and organisation_id ="
                                               " current_organisation() order by at, id limit $2::int",
                                           event, most_notes))
        report.notes.push_back({.at = from_unix_ms(row[0].as<std::int64_t>()), .text = row[1].as<std::string>()});
}

// As in pools.cpp, within the spans.
std::string pools_sql() {
    return std::string{spans} +
           ", lease as (select l.router_id, l.network, greatest(l.granted_at, s.from_at) as starts,"
           " least(coalesce(l.ended_at, l.expires_at), s.until_at) as ends from span s join leases l on l.router_id = s.router_id"
           " and l.granted_at < s.until_at and coalesce(l.ended_at, l.expires_at) > s.from_at"
           " where l.organisation_id = current_organisation() and l.state <> 'declined'),"
           " step as (select router_id, network, starts as at, 1 as by from lease where ends > starts"
           " union all select router_id, network, ends, -1 from lease where ends > starts),"
           " level as (select router_id, network, at, sum(by) over (partition by router_id, network order by at, by) as used"
           " from step), peak as (select distinct on (router_id, network) router_id, network, used, at from level"
           " order by router_id, network, used desc, at)"
           " select p.router_id::text, r.name, p.network, p.used::bigint, " +
           unix_ms("p.at") + " from peak p join routers r on r.id = p.router_id order by r.name, p.network";
}

void read_pools(Transaction& transaction, const std::string& event, EventReport& report) {
    for (const auto& row : transaction.run(pools_sql(), event)) {
        ReportPool pool{.router = row[1].as<std::string>(),
                        .network = row[2].as<std::string>(),
                        .peak = row[3].as<std::int64_t>(),
                        .peak_at = moment(row[4])};
        if (const auto decided = read_decided(transaction, row[0].as<std::string>())) {
            const auto& networks = decided->configuration.networks;
            const auto network = std::ranges::find(networks, pool.network, &model::Network::name);
            if (network != networks.end()) pool.size = pool_size(*network);
        }
        report.pools.push_back(std::move(pool));
    }
}

}  // namespace

Task<Result<EventReport>> event_report(Pool& pool, Tenant tenant, std::string event, ReportReader reader) {
    const std::function<Result<EventReport>(Transaction&)> body = [event,
                                                                   reader](Transaction& transaction) -> Result<EventReport> {
        EventReport report;
        if (auto framed = read_frame(transaction, event, report); !framed) return std::unexpected{framed.error()};
        read_traffic(transaction, event, report);
        read_incidents(transaction, event, report);
        read_pools(transaction, event, report);
        if (!reader.user.empty())
            write_audit(
                transaction,
                {.user = reader.user, .address = reader.address, .action = "event_report.read", .target = event, .detail = "{}"});
        return report;
    };
    auto report = co_await pool.transact<EventReport>(std::move(tenant), body);
    co_return report;
}

}  // namespace vivi::db
