// SQL of device_domains and domains_seen over a day.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/asked_names.hpp"

#include "server/db/arrays.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view asked_sql =
    "with asked as (select name, mac, sum(queries) as queries from device_domains"
    " where organisation_id = current_organisation() and router_id = $1 and at > now() - interval '24 hours' group by name, mac)"
    " select name, mac::text, least(queries, 9007199254740991)::bigint from asked union all"
    " select name, null, 0 from domains_seen s where organisation_id = current_organisation() and router_id = $1"
    " and last_seen > now() - interval '24 hours' and not exists (select from asked where asked.name = s.name)"
    " order by 1, 2 limit $2::int";

constexpr std::string_view bytes_sql =
    "select key, least(sum(bytes_up), 9007199254740991)::bigint, least(sum(bytes_down), 9007199254740991)::bigint"
    " from traffic_5m where organisation_id = current_organisation() and router_id = any($1::uuid[]) and kind = 'name'"
    " and at > now() - interval '24 hours' and key = any($2::text[]) group by key";

}  // namespace

Task<Result<bool>> visit_asked_names(Pool& pool, Tenant tenant, std::string router, int most,
                                     std::function<void(const AskedName&)> visit) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        const auto rows = transaction.run(asked_sql, router, most + 1);
        int count = 0;
        for (const auto& row : rows) {
            if (++count > most) return true;
            AskedName asked{.name = row[0].as<std::string>(), .queries = row[2].as<std::int64_t>()};
            if (!row[1].is_null()) asked.device = parse_mac(row[1].as<std::string>());
            visit(asked);
        }
        return false;
    };
    auto is_cut = co_await pool.transact<bool>(std::move(tenant), body);
    co_return is_cut;
}

Task<Result<std::map<std::string, NamedBytes>>> bytes_of_names(Pool& pool, Tenant tenant, std::vector<std::string> routers,
                                                               std::vector<std::string> names) {
    using Found = std::map<std::string, NamedBytes>;
    ArrayLiteral ids, keys;
    for (const auto& router : routers) ids.add(std::string_view{router});
    for (const auto& name : names) keys.add(std::string_view{name});
    const std::function<Result<Found>(Transaction&)> body = [ids = ids.text(),
                                                             keys = keys.text()](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(bytes_sql, ids, keys))
            found[row[0].as<std::string>()] = {.up = row[1].as<std::int64_t>(), .down = row[2].as<std::int64_t>()};
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

}  // namespace vivi::db
