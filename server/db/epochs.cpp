// SQL of epochs, lost ranges and second routers.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/epochs.hpp"

#include <algorithm>

#include "server/db/applied.hpp"
#include "server/db/arrays.hpp"
#include "server/db/gathered.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

// The cursor moves with the gap, under its lock: the same hello again finds nothing more to report.
constexpr std::string_view lost_sql =
    "with moved as (insert into sync_cursors as c (router_id, epoch, sequence) values ($1, $2, $4) on conflict (router_id, epoch)"
    " do update set sequence = excluded.sequence, updated_at = now() where c.sequence < excluded.sequence returning 1)"
    " insert into sync_gaps (organisation_id, router_id, kind, detail) select current_organisation(), $1, 'lost',"
    " jsonb_build_object('epoch', $2::text, 'missing_from', $3::bigint, 'missing_to', $4::bigint) from moved";

/// True when `boot_id` was there before another one, which came in between.
bool note_boot(Transaction& transaction, const std::string& router, const std::string& boot_id) {
    transaction.run(
        "insert into router_sync (organisation_id, router_id) values (current_organisation(), $1) on conflict do nothing",
        router);
    const auto row = transaction.run(
        "select coalesce(array_position(boot_ids, $2), 0) from router_sync where router_id = $1 for update", router, boot_id);
    const auto position = row[0][0].as<int>();
    if (position != 1)
        transaction.run(
            "update router_sync set boot_ids = (array_prepend($2, array_remove(boot_ids, $2)))[1:8] where router_id = $1", router,
            boot_id);
    return position > 1;
}

void raise_cloned(Transaction& transaction, const std::string& router, const std::string& boot_id) {
    transaction.run(
        "insert into alarms (organisation_id, router_id, kind, subject, detail, at, last_at) values (current_organisation(), $1,"
        " 'router.cloned', '', jsonb_build_object('boot_id', $2::text), now(), now())"
        " on conflict (router_id, kind, subject) where cleared_at is null"
        " do update set detail = excluded.detail, count = alarms.count + 1, last_at = now()",
        router, boot_id);
}

bool commit(Transaction& transaction, const HeardEpochs& heard, const LockedRouter& router) {
    const auto boot_id = clean(heard.boot_id, 100);
    if (!boot_id.empty() && note_boot(transaction, router.id, boot_id)) raise_cloned(transaction, router.id, boot_id);
    for (const auto& range : heard.lost)
        transaction.run(lost_sql, router.id, range.epoch, static_cast<std::int64_t>(range.first),
                        static_cast<std::int64_t>(range.last));
    const auto begun = transaction.run("insert into sync_cursors (router_id, epoch) values ($1, $2) on conflict do nothing",
                                       router.id, heard.epoch);
    const bool is_news = begun.affected_rows() > 0 || !heard.lost.empty();
    const auto wanted = transaction.run(
        "insert into router_sync as s (organisation_id, router_id, is_snapshot_wanted) values (current_organisation(), $1, $2)"
        " on conflict (router_id) do update set is_snapshot_wanted = s.is_snapshot_wanted or $2 returning is_snapshot_wanted",
        router.id, is_news);
    return wanted[0][0].as<bool>();
}

}  // namespace

Task<Result<std::map<std::string, std::uint64_t>>> durable_sequences(Pool& pool, std::string router,
                                                                     std::vector<std::string> epochs) {
    using Found = std::map<std::string, std::uint64_t>;
    ArrayLiteral wanted;
    for (const auto& epoch : epochs) wanted.add(epoch);
    const std::function<Result<Found>(Transaction&)> body = [router,
                                                             wanted = wanted.text()](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(
                 "select epoch, sequence from sync_cursors where router_id = $1 and epoch = any($2::text[])", router, wanted))
            found.emplace(row[0].as<std::string>(), row[1].as<std::uint64_t>());
        return found;
    };
    auto found = co_await pool.transact<Found>({}, body);
    co_return found;
}

Task<Result<bool>> note_epochs(Pool& pool, Link link, HeardEpochs heard) {
    const Tenant tenant{link.organisation};
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        const auto router = lock_router(transaction, link.router, link.session);
        if (!router) return std::unexpected{router.error()};
        return commit(transaction, heard, *router);
    };
    auto noted = co_await pool.transact<bool>(tenant, body);
    co_return noted;
}

}  // namespace vivi::db
