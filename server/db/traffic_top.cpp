// SQL of tops: a level, its rows by key, and what people call them.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/traffic_top.hpp"

#include <algorithm>

#include "server/db/read_traffic.hpp"
#include "server/db/retention.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::chrono::minutes counted_exactly{15};
constexpr std::chrono::hours finely{48};

std::string kind_of(TrafficDimension by) {
    if (by == TrafficDimension::Device) return "device";
    if (by == TrafficDimension::Category) return "category";
    return by == TrafficDimension::Router ? "router" : "name";
}

TrafficLevel level_of(const TopQuery& query, const Retention& keep, WallTime now) {
    const auto span = query.range.to - query.range.from;
    const auto names_from = now - std::chrono::hours{keep.names_hours};
    if (!query.scope.mac.empty() || (span <= counted_exactly && query.range.from >= names_from)) return TrafficLevel::TenSeconds;
    const bool has_fine = query.range.from >= now - std::chrono::days{keep.five_minutes_days};
    return query.by == TrafficDimension::Device || (span <= finely && has_fine) ? TrafficLevel::FiveMinutes : TrafficLevel::Hour;
}

// Of one device: its rows one by one by the key; whoever else is there is not read. What is sensitive is not told.
std::string rows_of_device(TrafficDimension by) {
    return "select t.router_id, case when exists (select from categories c where c.name = category_of(t.name) and c.is_sensitive)"
           " then '' else " +
           std::string{by == TrafficDimension::Category ? "category_of(t.name)" : "t.name"} +
           " end as key, sum(t.up) as up, sum(t.down) as down, 1 as devices from (select t.router_id, t.name,"
           " sum(t.bytes_up) as up, sum(t.bytes_down) as down from generate_series(" +
           bound_of("$2") + ", " + bound_of("$3") +
           " - interval '1 second', interval '10 seconds') g(at) join traffic t on t.router_id = ($1::uuid[])[1] and t.at = g.at"
           " and t.mac = $5::macaddr where t.organisation_id = current_organisation() and t.at >= " +
           bound_of("$2") + " and t.at < " + bound_of("$3") + " group by t.router_id, t.name) t group by 1, 2";
}

std::string raw_rows(TrafficDimension by) {
    const std::string key = by == TrafficDimension::Device                                      ? "mac::text"
                            : by == TrafficDimension::Router                                    ? "''"
                            : by == TrafficDimension::Domain || by == TrafficDimension::Service ? "name"
                                                                                                : "name_category";
    const std::string from =
        by == TrafficDimension::Category
            ? "(select t.*, n.category as name_category from traffic t join lateral (select category_of(t.name) "
              "as category) n on true) t"
            : "traffic";
    return "select router_id, " + key +
           " as key, sum(bytes_up) as up, sum(bytes_down) as down, count(distinct mac) as devices from " + from +
           " where organisation_id = current_organisation() and router_id = any($1::uuid[]) and $5 = '' and at >= " +
           bound_of("$2") + " and at < " + bound_of("$3") + " group by 1, 2";
}

std::string rolled_rows(TrafficLevel level, TrafficDimension by) {
    return "select router_id, key, sum(bytes_up) as up, sum(bytes_down) as down, max(devices) as devices from " +
           std::string{level == TrafficLevel::Hour ? "traffic_1h" : "traffic_5m"} +
           " where organisation_id = current_organisation() and router_id = any($1::uuid[]) and $5 = '' and kind = '" +
           kind_of(by) + "' and at >= " + bound_of("$2") + " and at < " + bound_of("$3") + " group by 1, 2";
}

std::string top_sql(const TopQuery& query, TrafficLevel level) {
    const bool is_apart = query.by == TrafficDimension::Device || query.by == TrafficDimension::Router;
    const auto rows = !query.scope.mac.empty()            ? rows_of_device(query.by)
                      : level == TrafficLevel::TenSeconds ? raw_rows(query.by)
                                                          : rolled_rows(level, query.by);
    const std::string router = is_apart ? "router_id" : "null::uuid";
    const std::string least_key =
        query.merge_small ? "case when max(devices) over (partition by key) < 5 then '' else key end" : "key";
    const std::string tops = "select router, key, sum(up) as up, sum(down) as down, max(devices) as devices from (select " +
                             router + " as router, up, down, devices, " + least_key + " as key from (" + rows +
                             ") r) k group by router, key order by sum(up) + sum(down) desc, key, router limit $4";
    return "select case when d.id is null and $6 = 'router' then t.router::text else t.key end,"
           " coalesce(nullif(d.name, ''), nullif(d.hostname, ''), r.name, ''), coalesce(t.router::text, ''), "
           "coalesce(d.id::text, ''),"
           " least(t.up, 9007199254740991)::bigint, least(t.down, 9007199254740991)::bigint, t.devices::bigint from (" +
           tops +
           ") t left join devices d on $6 = 'device' and d.router_id = t.router and d.mac = case when $6 = 'device' then "
           "t.key::macaddr "
           "end left join routers r on $6 = 'router' and r.id = t.router order by t.up + t.down desc, t.key, t.router";
}

/// Once an hour for the same reader and device.
void audit_device_read(Transaction& transaction, const TopQuery& query) {
    const auto known = transaction.run(
        "select 1 from audit_log where organisation_id = current_organisation() and user_id = nullif($1, '')::uuid"
        " and action = 'device_traffic.read' and target = $2 and at > now() - interval '1 hour' limit 1",
        query.user, query.scope.device);
    if (!known.empty()) return;
    write_audit(
        transaction,
        {.user = query.user, .address = query.address, .action = "device_traffic.read", .target = query.scope.device, .detail = "{}"});
}

TrafficTop read_top(Transaction& transaction, const TopQuery& query, const Retention& keep, WallTime now) {
    TrafficTop top{.level = level_of(query, keep, now)};
    const bool is_device = !query.scope.mac.empty();
    const auto routers = routers_literal(query.scope.routers);
    const Seconds step{top.level == TrafficLevel::TenSeconds ? 10 : top.level == TrafficLevel::FiveMinutes ? 300 : 3'600};
    const auto oldest = is_device ? now - std::chrono::hours{keep.names_hours} : query.range.from;
    top.from = step_of(std::max(query.range.from, oldest), step);
    top.until = std::max(top.from, std::min({query.range.to, now, rolled_until(transaction, routers, top.level, now)}));
    if (is_device) audit_device_read(transaction, query);
    for (const auto& row : transaction.run(top_sql(query, top.level), routers, to_unix_ms(top.from), to_unix_ms(top.until),
                                           query.first, query.scope.mac, kind_of(query.by)))
        top.rows.push_back({.key = row[0].as<std::string>(),
                            .label = row[1].as<std::string>(),
                            .router = row[2].as<std::string>(),
                            .device = row[3].as<std::string>(),
                            .bytes_up = row[4].as<std::int64_t>(),
                            .bytes_down = row[5].as<std::int64_t>(),
                            .device_count = row[6].as<std::int64_t>()});
    return top;
}

}  // namespace

Task<Result<TrafficTop>> traffic_top(Pool& pool, Tenant tenant, TopQuery query, WallTime now) {
    const auto keep = co_await retention(pool, tenant);
    if (!keep) co_return std::unexpected{keep.error()};
    const std::function<Result<TrafficTop>(Transaction&)> body = [=](Transaction& transaction) -> Result<TrafficTop> {
        return read_top(transaction, query, *keep, now);
    };
    auto top = co_await pool.transact<TrafficTop>(std::move(tenant), body);
    co_return top;
}

}  // namespace vivi::db
