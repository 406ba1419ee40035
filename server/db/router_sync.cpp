// SQL of gaps and of what is not in force.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/router_sync.hpp"

#include "server/db/arrays.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

std::optional<WallTime> moment(const pqxx::field& field) {
    if (field.is_null()) return std::nullopt;
    return from_unix_ms(field.as<std::int64_t>());
}

}  // namespace

Task<Result<SyncGapPage>> sync_gaps(Pool& pool, Tenant tenant, SyncGapQuery query) {
    const std::function<Result<SyncGapPage>(Transaction&)> body = [query](Transaction& transaction) -> Result<SyncGapPage> {
        SyncGapPage page;
        const auto sql = "select id, kind, detail::text, " + unix_ms("at") +
                         " from sync_gaps where router_id = $1 and organisation_id = current_organisation()"
                         " and id < coalesce($2::bigint, 9223372036854775807) order by id desc limit $3";
        for (const auto& row : transaction.run(sql, query.router, query.after, query.first + 1))
            page.rows.push_back({.id = row[0].as<std::int64_t>(),
                                 .kind = row[1].as<std::string>(),
                                 .detail = row[2].as<std::string>(),
                                 .at = from_unix_ms(row[3].as<std::int64_t>())});
        page.has_next = page.rows.size() > static_cast<std::size_t>(query.first);
        if (page.has_next) page.rows.pop_back();
        return page;
    };
    auto page = co_await pool.transact<SyncGapPage>(std::move(tenant), body);
    co_return page;
}

Task<Result<std::map<std::string, RouterSync>>> router_syncs(Pool& pool, Tenant tenant, std::vector<std::string> routers) {
    using Found = std::map<std::string, RouterSync>;
    ArrayLiteral ids;
    for (const auto& router : routers) ids.add(router);
    const std::function<Result<Found>(Transaction&)> body = [ids = ids.text()](Transaction& transaction) -> Result<Found> {
        Found found;
        const auto sql =
            "select router_id::text, unenforced::text, unenforced_revision, trial, trial_revision,"
            " coalesce(reverted_revision, 0), " +
            unix_ms("reverted_at") + ", reverted_reason, " + unix_ms("snapshot_at") +
            " from router_sync where router_id = any($1::uuid[]) and organisation_id = current_organisation()";
        for (const auto& row : transaction.run(sql, ids))
            found.emplace(row[0].as<std::string>(), RouterSync{.unenforced = row[1].as<std::string>(),
                                                               .unenforced_revision = row[2].as<std::int64_t>(),
                                                               .trial = row[3].as<std::string>(),
                                                               .trial_revision = row[4].as<std::int64_t>(),
                                                               .reverted_revision = row[5].as<std::int64_t>(),
                                                               .reverted_at = moment(row[6]),
                                                               .reverted_reason = row[7].as<std::string>(),
                                                               .snapshot_at = moment(row[8])});
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

}  // namespace vivi::db
