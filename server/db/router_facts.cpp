// SQL of what is known of routers beside their row.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/router_facts.hpp"

#include "server/db/arrays.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

std::optional<WallTime> moment(const pqxx::field& field) {
    if (field.is_null()) return std::nullopt;
    return from_unix_ms(field.as<std::int64_t>());
}

std::string facts_sql() {
    return "select r.id::text, " + unix_ms("c.started_at") + ", " + unix_ms("r.disconnected_at") + ", " +
           unix_ms("d.created_at") +
           ", (select count(*) from sync_gaps g where g.router_id = r.id and g.at > now() - interval '24 hours'),"
           " a.open, a.unacknowledged, case when s.trial = 'reverted' then s.reverted_revision end, s.reverted_reason from "
           "routers r"
           " left join router_sync s on s.router_id = r.id"
           " left join custodies c on c.id = r.custody_id"
           " left join configurations d on d.router_id = r.id and d.revision = r.desired_revision"
           " cross join lateral (select count(*) as open, count(*) filter (where acknowledged_at is null) as unacknowledged"
           " from alarms where alarms.router_id = r.id and cleared_at is null) a"
           " where r.id = any($1::uuid[]) and r.organisation_id = current_organisation()";
}

}  // namespace

Task<Result<std::map<std::string, RouterFacts>>> router_facts(Pool& pool, Tenant tenant, std::vector<std::string> routers) {
    using Found = std::map<std::string, RouterFacts>;
    ArrayLiteral ids;
    for (const auto& router : routers) ids.add(router);
    const std::function<Result<Found>(Transaction&)> body = [ids = ids.text()](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(facts_sql(), ids))
            found.emplace(row[0].as<std::string>(),
                          RouterFacts{.custody_started_at = moment(row[1]),
                                      .disconnected_at = moment(row[2]),
                                      .decided_at = moment(row[3]),
                                      .gaps = row[4].as<std::int64_t>(),
                                      .open_alarms = row[5].as<std::int64_t>(),
                                      .unacknowledged_alarms = row[6].as<std::int64_t>(),
                                      .reverted_revision = row[7].is_null() ? 0 : row[7].as<std::int64_t>(),
                                      .reverted_reason = row[8].is_null() ? "" : row[8].as<std::string>()});
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

}  // namespace vivi::db
