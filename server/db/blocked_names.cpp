// SQL of policy_hits, added up by name.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/blocked_names.hpp"

#include "server/db/arrays.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

// The bucket in which the time span begins counts whole.
std::string blocked_sql() {
    return "with hit as (select name, address, layer, rule, mac, at, hits from policy_hits"
           " where organisation_id = current_organisation() and router_id = any($1::uuid[])"
           " and at > now() - make_interval(mins => $2::int + 5) and layer not in ('banned', 'new_device')),"
           " what as (select name, address, count(distinct mac) as devices, sum(hits) as total, max(at) as last_at"
           " from hit group by name, address order by 3 desc, 4 desc, name, address limit $3::int),"
           " rules as (select name, address, layer, rule, count(*) over (partition by name, address) as rules,"
           " row_number() over (partition by name, address order by sum(hits) desc, rule) as place"
           " from hit join what using (name, address) group by name, address, layer, rule)"
           " select what.name, what.address, devices, least(total, 9007199254740991)::bigint, " +
           unix_ms("last_at") +
           ", layer, rule, rules from what join rules using (name, address) where place = 1"
           " order by devices desc, total desc, what.name, what.address";
}

}  // namespace

Task<Result<std::vector<BlockedName>>> blocked_names(Pool& pool, Tenant tenant, BlockedQuery query) {
    using Found = std::vector<BlockedName>;
    ArrayLiteral routers;
    for (const auto& router : query.routers) routers.add(std::string_view{router});
    const std::function<Result<Found>(Transaction&)> body =
        [query, routers = routers.text()](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(blocked_sql(), routers, query.minutes, query.first))
            found.push_back({.name = row[0].as<std::string>(),
                             .address = row[1].as<std::string>(),
                             .devices = row[2].as<std::int64_t>(),
                             .hits = row[3].as<std::int64_t>(),
                             .last_at = from_unix_ms(row[4].as<std::int64_t>()),
                             .layer = row[5].as<std::string>(),
                             .rule = row[6].as<std::string>(),
                             .rules = row[7].as<std::int64_t>()});
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

}  // namespace vivi::db
