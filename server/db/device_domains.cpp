// SQL of device_domains, as an organiser reads it.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/device_domains.hpp"

#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view audit_sql =
    "select 1 from audit_log where organisation_id = current_organisation() and user_id = nullif($1, '')::uuid"
    " and action = 'device_domains.read' and target = $2 and at > now() - interval '1 hour' limit 1";

void audit_read(Transaction& transaction, const DeviceDomainsQuery& query) {
    if (!transaction.run(audit_sql, query.user, query.device).empty()) return;
    const model::Json detail{{"router", query.router}, {"device", query.mac}};
    write_audit(transaction, {.user = query.user,
                              .address = query.address,
                              .action = "device_domains.read",
                              .target = query.device,
                              .detail = detail.dump()});
}

}  // namespace

Task<Result<std::vector<DeviceDomain>>> device_domains(Pool& pool, Tenant tenant, DeviceDomainsQuery query) {
    using Found = std::vector<DeviceDomain>;
    const std::function<Result<Found>(Transaction&)> body = [query](Transaction& transaction) -> Result<Found> {
        audit_read(transaction, query);
        const auto sql = "select name, least(sum(queries), 9007199254740991)::bigint, " + unix_ms("max(at)") +
                         " from device_domains where router_id = $1 and organisation_id = current_organisation()"
                         " and mac = $2::macaddr and at > now() - interval '24 hours'"
                         " group by name order by 2 desc, name limit $3::int";
        Found found;
        for (const auto& row : transaction.run(sql, query.router, query.mac, query.most))
            found.push_back({.name = row[0].as<std::string>(),
                             .queries = row[1].as<std::int64_t>(),
                             .last_at = from_unix_ms(row[2].as<std::int64_t>())});
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

}  // namespace vivi::db
