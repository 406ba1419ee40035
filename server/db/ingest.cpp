// The transaction of a batch: lock, skip, add up, upsert, advance.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/ingest.hpp"

#include <algorithm>
#include <limits>
#include <pqxx/except.hxx>

#include "server/db/applied.hpp"
#include "server/db/arrays.hpp"
#include "server/db/gathered.hpp"
#include "server/db/store_gathered.hpp"
#include "server/db/transaction.hpp"
#include "server/db/unheard_alarms.hpp"

namespace vivi::db {
namespace {

/// The durable sequence of (router, epoch), its row locked.
std::uint64_t lock_cursor(Transaction& transaction, const Batch& batch) {
    transaction.run("insert into sync_cursors (router_id, epoch) values ($1, $2) on conflict do nothing", batch.router,
                    batch.epoch);
    const auto row = transaction.run("select sequence from sync_cursors where router_id = $1 and epoch = $2 for update",
                                     batch.router, batch.epoch);
    return row[0][0].as<std::uint64_t>();
}

void put_aside(Transaction& transaction, const Batch& batch, const std::vector<Rejected>& rejected) {
    ArrayLiteral sequences, topics, bodies, reasons;
    for (const auto& one : rejected) {
        sequences.add(static_cast<std::int64_t>(one.entry.sequence));
        topics.add(clean(one.entry.topic, 255));
        bodies.add(clean(one.entry.body, 1 << 20));
        reasons.add(clean(one.reason, 1'000));
    }
    if (sequences.empty()) return;
    transaction.run(
        "insert into dead_letters (organisation_id, router_id, epoch, sequence, topic, body, reason)"
        " select current_organisation(), $1, $2, * from unnest($3::bigint[], $4::text[], $5::text[], $6::text[])",
        batch.router, batch.epoch, sequences.text(), topics.text(), bodies.text(), reasons.text());
}

/// In a savepoint, so that what PostgreSQL refuses (class 22: data, 23: integrity) leaves the transaction usable.
Status try_store(Transaction& transaction, LockedRouter& router, const Gathered& gathered, std::int64_t visible) {
    const auto before = router;
    try {
        transaction.run("savepoint events");
        store(transaction, router, gathered, visible);
        transaction.run("release savepoint events");
        return {};
    } catch (const pqxx::sql_error& refused) {
        if (!refused.sqlstate().starts_with("22") && !refused.sqlstate().starts_with("23")) throw;
        transaction.run("rollback to savepoint events");
        router = before;
        return failed(Code::Invalid, std::string{"refused by the database: "} + refused.what());
    }
}

struct Stored {
    bool devices = false, traffic = false, status = false, alarms = false;
    std::vector<Rejected> rejected{};

    void add(const Gathered& gathered) {
        devices = devices || !gathered.devices.empty();
        traffic = traffic || !gathered.traffic.empty();
        status = status || gathered.applied_revision || gathered.apply_error || !gathered.gaps.empty() ||
                 gathered.settings.unenforced || gathered.settings.trial;
        alarms = alarms || !gathered.policy.alarms.empty();
    }
};

/// All at once; when PostgreSQL refuses that, one by one, so that only the entry it refuses is put aside.
Stored store_all(Transaction& transaction, LockedRouter& router, const std::vector<Entry>& fresh, Gathered gathered,
                 WallTime now) {
    Stored stored;
    const auto visible = router.revision + 1;
    stored.rejected = std::move(gathered.rejected);
    if (try_store(transaction, router, gathered, visible)) {
        stored.add(gathered);
        return stored;
    }
    stored.rejected.clear();
    for (const auto& entry : fresh) {
        auto single = gather({entry}, now);
        std::ranges::move(single.rejected, std::back_inserter(stored.rejected));
        if (auto kept = try_store(transaction, router, single, visible))
            stored.add(single);
        else
            stored.rejected.push_back({entry, std::move(kept).error().detail});
    }
    return stored;
}

Result<Ingested> commit_batch(Transaction& transaction, const Batch& batch, WallTime now) {
    auto gathered = gather(batch.entries, now);  // Before anything is locked: decoding takes as long as storing.
    const auto durable = lock_cursor(transaction, batch);
    auto router = lock_router(transaction, batch.router, batch.session);
    if (!router) return std::unexpected{std::move(router).error()};

    std::vector<Entry> fresh;
    auto last = durable;
    for (const auto& entry : batch.entries) {
        if (entry.sequence <= last) continue;
        if (entry.sequence > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return failed(Code::Invalid, "sync: a sequence is above 2^63");
        last = entry.sequence;
        fresh.push_back(entry);
    }
    Ingested result{.durable = last, .revision = router->revision};
    if (fresh.empty()) return result;

    if (fresh.size() != batch.entries.size()) gathered = gather(fresh, now);
    const auto stored = store_all(transaction, *router, fresh, std::move(gathered), now);
    put_aside(transaction, batch, stored.rejected);
    result.dead_letters = stored.rejected.size();
    if (stored.devices) result.kinds.emplace_back("devices");
    if (stored.traffic) result.kinds.emplace_back("traffic");
    if (stored.status) result.kinds.emplace_back("status");
    if (stored.alarms) result.kinds.emplace_back("alarms");
    if (!result.kinds.empty()) ++result.revision;
    transaction.run("update routers set revision = $2, last_seen_at = now() where id = $1", batch.router, result.revision);
    if (stored.alarms) end_unheard_alarms(transaction, batch.router);  // What was over before it could be told opens nothing.
    transaction.run("update sync_cursors set sequence = $3, updated_at = now() where router_id = $1 and epoch = $2", batch.router,
                    batch.epoch, static_cast<std::int64_t>(last));
    return result;
}

}  // namespace

Task<Result<Ingested>> ingest(Pool& pool, Batch batch, WallTime now) {
    const Tenant tenant{batch.organisation};
    const std::function<Result<Ingested>(Transaction&)> body = [batch = std::move(batch), now](Transaction& transaction) {
        return commit_batch(transaction, batch, now);
    };
    auto ingested = co_await pool.transact<Ingested>(tenant, body);
    co_return ingested;
}

Task<Result<std::uint64_t>> durable_sequence(Pool& pool, std::string router, std::string epoch) {
    const std::function<Result<std::uint64_t>(Transaction&)> body = [=](Transaction& transaction) -> Result<std::uint64_t> {
        const auto rows = transaction.run("select sequence from sync_cursors where router_id = $1 and epoch = $2", router, epoch);
        return rows.empty() ? 0 : rows[0][0].as<std::uint64_t>();
    };
    auto found = co_await pool.transact<std::uint64_t>({}, body);
    co_return found;
}

}  // namespace vivi::db
