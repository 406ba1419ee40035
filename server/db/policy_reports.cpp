// SQL of hits and alarms, as viewers read them.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/policy_reports.hpp"

#include "server/db/alerts.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view audit_sql =
    "select 1 from audit_log where organisation_id = current_organisation() and user_id = nullif($1, '')::uuid"
    " and action = 'policy_hits.read' and target = $2 and at > now() - interval '1 hour' limit 1";

void audit_read(Transaction& transaction, const HitQuery& query) {
    if (!transaction.run(audit_sql, query.user, query.router).empty()) return;
    write_audit(
        transaction,
        {.user = query.user, .address = query.address, .action = "policy_hits.read", .target = query.router, .detail = "{}"});
}

PolicyHitRow to_hit(const pqxx::row& row) {
    PolicyHitRow hit{.id = row[0].as<std::int64_t>(),
                     .at = from_unix_ms(row[1].as<std::int64_t>()),
                     .name = row[3].as<std::string>(),
                     .address = row[4].as<std::string>(),
                     .layer = row[5].as<std::string>(),
                     .rule = row[6].as<std::string>(),
                     .by = row[7].as<std::string>(),
                     .hits = row[8].as<std::int64_t>()};
    if (!row[2].is_null()) hit.mac = row[2].as<std::string>();
    return hit;
}

template <class Page>
void cut(Page& page, int first) {
    page.has_next = page.rows.size() > static_cast<std::size_t>(first);
    if (page.has_next) page.rows.pop_back();
}

}  // namespace

Task<Result<HitPage>> policy_hits(Pool& pool, Tenant tenant, HitQuery query) {
    const std::function<Result<HitPage>(Transaction&)> body = [query](Transaction& transaction) -> Result<HitPage> {
        audit_read(transaction, query);
        const auto sql = "select id, " + unix_ms("at") +
                         ", mac::text, name, address, layer, rule, by, hits from policy_hits"
                         " where router_id = $1 and organisation_id = current_organisation()"
                         " and at > now() - case when mac is null then interval '30 days' else interval '24 hours' end"
                         " and ($2::bigint < 0 or (at, id) < (" +
                         instant_of("$2") +
                         ", $3::bigint)) and ($4 = '' or mac = nullif($4, '')::macaddr)"
                         " order by at desc, id desc limit $5::int";
        const auto after_ms = query.after_at ? to_unix_ms(*query.after_at) : std::int64_t{-1};
        HitPage page;
        for (const auto& row : transaction.run(sql, query.router, after_ms, query.after_id, query.mac, query.first + 1))
            page.rows.push_back(to_hit(row));
        cut(page, query.first);
        return page;
    };
    auto page = co_await pool.transact<HitPage>(std::move(tenant), body);
    co_return page;
}

Task<Result<AlarmPage>> alarms(Pool& pool, Tenant tenant, AlarmQuery query) {
    auto page = co_await alerts(
        pool, std::move(tenant),
        {.filter = {.router = query.router, .is_open = query.is_open}, .first = query.first, .after = query.after});
    co_return page;
}

}  // namespace vivi::db
