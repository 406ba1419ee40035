// SQL of the traffic table. A lower bound on `at` is always there, so that only the days asked for are read.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/traffic.hpp"

#include "server/db/transaction.hpp"

namespace vivi::db {

Task<Result<std::vector<TrafficPoint>>> traffic_points(Pool& pool, Tenant tenant, std::string router, WallTime from) {
    using Found = std::vector<TrafficPoint>;
    const std::function<Result<Found>(Transaction&)> body = [=](Transaction& transaction) -> Result<Found> {
        const auto sql =
            "select " + unix_ms("at") +
            ", bytes_up, bytes_down from traffic_totals"
            " where organisation_id = current_organisation() and router_id = $1 and at >= " +
            instant_of("$2") + " order by at";
        Found found;
        for (const auto& row : transaction.run(sql, router, to_unix_ms(from)))
            found.push_back({.at = from_unix_ms(row[0].as<std::int64_t>()),
                             .bytes_up = row[1].as<std::int64_t>(),
                             .bytes_down = row[2].as<std::int64_t>()});
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

Task<Result<std::vector<NameTraffic>>> top_names(Pool& pool, Tenant tenant, std::string router, WallTime from, int first) {
    using Found = std::vector<NameTraffic>;
    const std::function<Result<Found>(Transaction&)> body = [=](Transaction& transaction) -> Result<Found> {
        // A name learned in several ways is one name; shown is the way that is closest to the traffic itself.
        const auto sql =
            "select name, (array_agg(source order by array_position(array['sni', 'quic', 'http', 'dns', 'none'], source)))[1],"
            " least(sum(bytes_up), 9007199254740991)::bigint, least(sum(bytes_down), 9007199254740991)::bigint,"
            " count(distinct mac) from traffic"
            " where organisation_id = current_organisation() and router_id = $1 and at >= " +
            instant_of("$2") + " group by name order by sum(bytes_up) + sum(bytes_down) desc, name limit $3";
        Found found;
        for (const auto& row : transaction.run(sql, router, to_unix_ms(from), first))
            found.push_back({.name = row[0].as<std::string>(),
                             .source = model::parse_name_source(row[1].as<std::string>()).value_or(model::NameSource::None),
                             .bytes_up = row[2].as<std::int64_t>(),
                             .bytes_down = row[3].as<std::int64_t>(),
                             .device_count = row[4].as<std::int64_t>()});
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

Task<Result<RouterRates>> router_rates(Pool& pool, Tenant tenant, std::string router) {
    const std::function<Result<RouterRates>(Transaction&)> body = [=](Transaction& transaction) -> Result<RouterRates> {
        const auto rows = transaction.run(
            "select revision, hub <> '' and last_seen_at > now() - interval '60 seconds' from routers where id = $1 and "
            "organisation_id = current_organisation() and state = 'accepted'",
            router);
        if (rows.empty()) return failed(Code::NotFound, "no such router");
        const auto sums = transaction.run(
            "select least(coalesce(sum(rate_up), 0), 9007199254740991)::bigint, least(coalesce(sum(rate_down), 0), "
            "9007199254740991)::bigint"
            " from devices where organisation_id = current_organisation() and router_id = $1 and rate_until > now()",
            router);
        return RouterRates{.revision = rows[0][0].as<std::int64_t>(),
                           .rate_up = sums[0][0].as<std::int64_t>(),
                           .rate_down = sums[0][1].as<std::int64_t>(),
                           .is_online = rows[0][1].as<bool>(false)};
    };
    auto rates = co_await pool.transact<RouterRates>(std::move(tenant), body);
    co_return rates;
}

}  // namespace vivi::db
