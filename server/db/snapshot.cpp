// SQL of snapshots.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/snapshot.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "common/model/lease.hpp"
#include "common/model/streamed.hpp"
#include "server/db/applied.hpp"
#include "server/db/arrays.hpp"
#include "server/db/gathered.hpp"
#include "server/db/store_gathered.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

// What runs here and not there: its end was an event that never came.
constexpr std::string_view ended_sql =
    "with gone as (update leases l set state = 'expired', ended_at = now(), client_id = '' where l.router_id = $1 and l.state = "
    "'granted'"
    " and not exists (select from unnest($2::macaddr[], $3::inet[]) as n(mac, address) where n.mac = l.mac and n.address = "
    "l.address)"
    " returning l.mac, l.address)"
    " update devices d set address = null, lease_expires_at = null, revision = $4 from gone"
    " where d.router_id = $1 and d.mac = gone.mac and d.address = gone.address";

constexpr std::array snapshot_keys{std::string_view{"leases"}};
constexpr model::Shape snapshot_shape{.members = snapshot_keys, .list = "leases", .row_members = model::lease_keys};

/// One that cannot be read is left out: those beside it still run.
class RunningLeases final : public model::Rows {
public:
    void restart() override { leases_.clear(); }
    void add(const model::Members& row) override {
        if (auto lease = model::streamed_lease(row)) leases_.push_back(*std::move(lease));
    }
    std::vector<model::Lease> leases_{};
};

/// All that run, of all parts.
Result<std::vector<model::Lease>> read_leases(const std::vector<std::string>& parts) {
    std::vector<model::Lease> all;
    model::EventReader reader;
    for (const auto& part : parts) {
        RunningLeases running;
        if (auto read = reader.read(part, snapshot_shape, &running); !read) return std::unexpected{std::move(read).error()};
        const auto* const list = member(reader.body(), "leases");
        if (list != nullptr && !list->is_array()) return failed(Code::Invalid, "snapshot: /leases must be a list");
        std::ranges::move(running.leases_, std::back_inserter(all));
    }
    return all;
}

void end_others(Transaction& transaction, const std::string& router, const Gathered& gathered, std::int64_t visible) {
    ArrayLiteral mac, address;
    for (const auto& [key, news] : gathered.leases) {
        mac.add(to_string(news.lease.device));
        address.add(to_string(news.lease.address));
    }
    transaction.run(ended_sql, router, mac.text(), address.text(), visible);
}

Result<std::int64_t> commit(Transaction& transaction, const Link& link, const Result<std::vector<model::Lease>>& leases,
                            WallTime now) {
    auto router = lock_router(transaction, link.router, link.session);
    if (!router) return std::unexpected{std::move(router).error()};
    const auto visible = router->revision + 1;
    transaction.run(
        "update router_sync set is_snapshot_wanted = false, snapshot_at = case when $2 then now() else snapshot_at end"
        " where router_id = $1",
        link.router, leases.has_value());
    if (!leases) return router->revision;
    const auto gathered = gather_leases(*leases, now);
    store(transaction, *router, gathered, visible);
    end_others(transaction, link.router, gathered, visible);
    transaction.run("update routers set revision = $2, last_seen_at = now() where id = $1", link.router, visible);
    return visible;
}

}  // namespace

Task<Result<std::int64_t>> store_snapshot(Pool& pool, Link link, std::vector<std::string> parts, WallTime now) {
    const Tenant tenant{link.organisation};
    const auto leases = read_leases(parts);
    const std::function<Result<std::int64_t>(Transaction&)> body = [=](Transaction& transaction) {
        return commit(transaction, link, leases, now);
    };
    auto stored = co_await pool.transact<std::int64_t>(tenant, body);
    if (stored && !leases) co_return std::unexpected{leases.error()};
    co_return stored;
}

}  // namespace vivi::db
