// SQL of series. Bounds are constants for the planner, so that it takes the partitions of the range and no other.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/traffic_series.hpp"

#include <algorithm>
#include <map>

#include "server/db/arrays.hpp"
#include "server/db/read_traffic.hpp"
#include "server/db/retention.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::chrono::hours totals_kept{48};

/// The device's rows of 10 seconds, each bucket looked up by the key: its router's others are not read.
std::string device_rows(const std::string& from, const std::string& to) {
    return "select t.at, t.bytes_up, t.bytes_down from generate_series(" + from + ", " + to +
           " - interval '1 second', interval '10 seconds') g(at) join traffic t on t.router_id = ($1::uuid[])[1] and t.at = g.at"
           " and t.mac = $6::macaddr where t.organisation_id = current_organisation() and t.at >= " +
           from + " and t.at < " + to;
}

std::string rolled_rows(const std::string& table, const std::string& kind_and_key, const std::string& from,
                        const std::string& to) {
    return "select at, bytes_up, bytes_down from " + table +
           " where organisation_id = current_organisation() and router_id = any($1::uuid[]) and " + kind_and_key +
           " and at >= " + from + " and at < " + to;
}

std::string summed(const std::string& rows) {
    return "select (extract(epoch from date_bin($5::int * interval '1 second', at, 'epoch')) * 1000)::bigint,"
           " least(sum(bytes_up), 9007199254740991)::bigint, least(sum(bytes_down), 9007199254740991)::bigint from (" +
           rows + ") r group by 1 order by 1";
}

std::string device_sql(TrafficLevel level) {
    const auto from = bound_of("$2"), rolled = bound_of("$3"), to = bound_of("$4");
    if (level == TrafficLevel::TenSeconds) return summed(device_rows(from, to) + " and " + rolled + " is not null");
    return summed(
        rolled_rows("traffic_5m", "kind = 'device' and key = $6::macaddr::text", from, "least(" + rolled + ", " + to + ")") +
        " union all " + device_rows("greatest(" + rolled + ", " + from + ")", to));
}

void fill(TrafficSeries& series, const pqxx::result& rows, WallTime first, WallTime end) {
    std::map<std::int64_t, TrafficPoint> found;
    for (const auto& row : rows)
        found[row[0].as<std::int64_t>()] = {.bytes_up = row[1].as<std::int64_t>(), .bytes_down = row[2].as<std::int64_t>()};
    for (auto at = first; at < end; at += series.step) {
        auto point = found[to_unix_ms(at)];
        point.at = at;
        series.bytes_up = std::min(series.bytes_up + point.bytes_up, most_exact);
        series.bytes_down = std::min(series.bytes_down + point.bytes_down, most_exact);
        series.points.push_back(point);
    }
}

}  // namespace

std::string bound_of(const std::string& parameter) { return "to_timestamp(" + parameter + "::bigint / 1000.0)"; }

LevelsKept levels_kept(const Retention& keep, WallTime now, bool is_device) {
    return {.ten_seconds = now - (is_device ? std::chrono::hours{keep.names_hours} : totals_kept),
            .five_minutes = now - std::chrono::days{keep.five_minutes_days},
            .has_hours = !is_device};
}

WallTime rolled_until(Transaction& transaction, const std::string& routers, TrafficLevel level, WallTime now) {
    if (level == TrafficLevel::TenSeconds) return now;
    const Seconds size{level == TrafficLevel::Hour ? 3'600 : 300};
    const auto rows = transaction.run("select " + unix_ms("min(at)") +
                                          " from traffic_dirty where organisation_id = current_organisation()"
                                          " and router_id = any($1::uuid[]) and level in (5, $2::int)",
                                      routers, level == TrafficLevel::Hour ? 60 : 5);
    const auto until = rows[0][0].is_null() ? now : std::min(now, from_unix_ms(rows[0][0].as<std::int64_t>()));
    return step_of(std::max(until, now - totals_kept), size);
}

std::string routers_literal(const std::vector<std::string>& routers) {
    ArrayLiteral text;
    for (const auto& router : routers) text.add(router);
    return text.text();
}

std::string series_sql(TrafficLevel level) {
    const auto from = bound_of("$2"), rolled = bound_of("$3"), to = bound_of("$4");
    const auto totals = [](const std::string& since, const std::string& until) {
        return "select at, bytes_up, bytes_down from traffic_totals where organisation_id = current_organisation()"
               " and router_id = any($1::uuid[]) and at >= " +
               since + " and at < " + until;
    };
    if (level == TrafficLevel::TenSeconds) return summed(totals(from, to) + " and " + rolled + " is not null");
    const std::string table = level == TrafficLevel::Hour ? "traffic_1h" : "traffic_5m";
    return summed(rolled_rows(table, "kind = 'router'", from, "least(" + rolled + ", " + to + ")") + " union all " +
                  totals("greatest(" + rolled + ", " + from + ")", to));
}

Task<Result<TrafficSeries>> traffic_series(Pool& pool, Tenant tenant, TrafficScope scope, TrafficRange range, int most,
                                           WallTime now) {
    const auto keep = co_await retention(pool, tenant);
    if (!keep) co_return std::unexpected{keep.error()};
    const bool is_device = !scope.mac.empty();
    const auto steps = choose_steps(range, most, levels_kept(*keep, now, is_device));
    const std::function<Result<TrafficSeries>(Transaction&)> body = [=](Transaction& transaction) -> Result<TrafficSeries> {
        TrafficSeries series{.step = steps.step, .to = std::min(range.to, now)};
        const auto routers = routers_literal(scope.routers);
        const auto from = to_unix_ms(steps.first), rolled = to_unix_ms(rolled_until(transaction, routers, steps.level, now));
        const auto to = to_unix_ms(series.to);
        const auto step = static_cast<int>(steps.step.count());
        const auto rows = is_device ? transaction.run(device_sql(steps.level), routers, from, rolled, to, step, scope.mac)
                                    : transaction.run(series_sql(steps.level), routers, from, rolled, to, step);
        fill(series, rows, steps.first, series.to);
        return series;
    };
    auto series = co_await pool.transact<TrafficSeries>(std::move(tenant), body);
    co_return series;
}

Task<Result<std::vector<std::string>>> routers_of(Pool& pool, Tenant tenant, std::string event) {
    using Found = std::vector<std::string>;
    const std::function<Result<Found>(Transaction&)> body = [event](Transaction& transaction) -> Result<Found> {
        if (!event.empty() &&
            transaction.run("select 1 from events where organisation_id = current_organisation() and id = $1", event).empty())
            return failed(Code::NotFound, "no such event");
        Found found;
        for (const auto& row : transaction.run("select id::text from routers where organisation_id = current_organisation()"
                                               " and ($1 = '' or event_id = nullif($1, '')::uuid) order by id",
                                               event))
            found.push_back(row[0].as<std::string>());
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

}  // namespace vivi::db
