// SQL of domains_seen, for names, and of device_domains, for how many asked.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/new_names.hpp"

#include "server/db/arrays.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

// Who asked is kept by the hour, and of a name that is new every row is within the time span.
std::string new_names_sql() {
    return "with span as (select now() - make_interval(mins => $2::int) as since),"
           " young as (select name, min(first_seen) as first_at from domains_seen where organisation_id = current_organisation()"
           " and router_id = any($1::uuid[]) and last_seen > (select since from span) group by name"
           " having min(first_seen) > (select since from span)),"
           " fresh as (select name, first_at from young where not exists (select from domains_seen old"
           " where old.organisation_id = current_organisation() and old.router_id = any($1::uuid[]) and old.name = young.name"
           " and old.first_seen <= (select since from span))),"
           " asked as (select name, count(distinct mac) as devices, sum(queries) as queries from device_domains"
           " join fresh using (name) where organisation_id = current_organisation() and router_id = any($1::uuid[])"
           " and at > (select since from span) - interval '1 hour' group by name)"
           " select name, devices, least(queries, 9007199254740991)::bigint, " +
           unix_ms("first_at") +
           " from fresh join asked using (name) where devices >= $3::int"
           " and exists (select from domains_seen where organisation_id = current_organisation() and router_id = any($1::uuid[])"
           " and first_seen <= (select since from span)) order by devices desc, queries desc, name limit $4::int";
}

}  // namespace

Task<Result<std::vector<NewName>>> new_names(Pool& pool, Tenant tenant, NewNameQuery query) {
    using Found = std::vector<NewName>;
    ArrayLiteral routers;
    for (const auto& router : query.routers) routers.add(std::string_view{router});
    const std::function<Result<Found>(Transaction&)> body =
        [query, routers = routers.text()](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(new_names_sql(), routers, query.minutes, query.least_devices, query.first))
            found.push_back({.name = row[0].as<std::string>(),
                             .devices = row[1].as<std::int64_t>(),
                             .queries = row[2].as<std::int64_t>(),
                             .first_at = from_unix_ms(row[3].as<std::int64_t>())});
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

}  // namespace vivi::db
