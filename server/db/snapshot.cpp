// SQL of snapshots.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/snapshot.hpp"

#include "common/model/event.hpp"
#include "common/model/lease.hpp"
#include "server/db/applied.hpp"
#include "server/db/arrays.hpp"
#include "server/db/gathered.hpp"
#include "server/db/store_gathered.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

using model::Json;

// What runs here and not there: its end was an event that never came.
constexpr std::string_view ended_sql =
    "with gone as (update leases l set state = 'expired', ended_at = now(), client_id = '' where l.router_id = $1 and l.state = "
    "'granted'"
    " and not exists (select from unnest($2::macaddr[], $3::inet[]) as n(mac, address) where n.mac = l.mac and n.address = "
    "l.address)"
    " returning l.mac, l.address)"
    " update devices d set address = null, lease_expires_at = null, revision = $4 from gone"
    " where d.router_id = $1 and d.mac = gone.mac and d.address = gone.address";

/// As events of this moment, so that they go the way of all leases.
Result<std::vector<Entry>> as_events(const std::vector<std::string>& parts, WallTime now) {
    std::vector<Entry> entries;
    for (const auto& part : parts) {
        const auto state = model::parse_json(part);
        if (!state) return std::unexpected{state.error()};
        const auto leases = state->find("leases");
        if (leases == state->end()) continue;
        if (!leases->is_array()) return failed(Code::Invalid, "snapshot: /leases must be a list");
        for (const auto& lease : *leases) {
            auto body = model::to_json(model::Envelope{.at = now, .from = {.instance = "snapshot", .number = 1}});
            body["lease"] = lease;
            entries.push_back({.sequence = entries.size() + 1,
                               .topic = std::string{model::topic::lease_granted},
                               .body = body.dump(-1, ' ', false, Json::error_handler_t::replace)});
        }
    }
    return entries;
}

void end_others(Transaction& transaction, const std::string& router, const Gathered& gathered, std::int64_t visible) {
    ArrayLiteral mac, address;
    for (const auto& [key, news] : gathered.leases) {
        mac.add(to_string(news.lease.device));
        address.add(to_string(news.lease.address));
    }
    transaction.run(ended_sql, router, mac.text(), address.text(), visible);
}

Result<std::int64_t> commit(Transaction& transaction, const Link& link, const Result<std::vector<Entry>>& entries, WallTime now) {
    auto router = lock_router(transaction, link.router, link.session);
    if (!router) return std::unexpected{std::move(router).error()};
    const auto visible = router->revision + 1;
    transaction.run(
        "update router_sync set is_snapshot_wanted = false, snapshot_at = case when $2 then now() else snapshot_at end"
        " where router_id = $1",
        link.router, entries.has_value());
    if (!entries) return router->revision;
    const auto gathered = gather(*entries, now);
    store(transaction, *router, gathered, visible);
    end_others(transaction, link.router, gathered, visible);
    transaction.run("update routers set revision = $2, last_seen_at = now() where id = $1", link.router, visible);
    return visible;
}

}  // namespace

Task<Result<std::int64_t>> store_snapshot(Pool& pool, Link link, std::vector<std::string> parts, WallTime now) {
    const Tenant tenant{link.organisation};
    const auto entries = as_events(parts, now);
    const std::function<Result<std::int64_t>(Transaction&)> body = [=](Transaction& transaction) {
        return commit(transaction, link, entries, now);
    };
    auto stored = co_await pool.transact<std::int64_t>(tenant, body);
    if (stored && !entries) co_return std::unexpected{entries.error()};
    co_return stored;
}

}  // namespace vivi::db
