// How long an organisation keeps what, and its own portions of forgetting.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "server/db/retention.hpp"
#include "server/db/revisions.hpp"

namespace vivi::db {
namespace {

struct Keeper {
    std::string organisation{};
    std::string router{};
};

Retention read_settings(Transaction& transaction) {
    const auto rows = transaction.run(
        "select names_hours, five_minutes_days, hours_days, leases_days, devices_days from retention_settings"
        " where organisation_id = current_organisation()");
    if (rows.empty()) return {};
    const auto row = rows[0];
    return {.names_hours = row[0].as<int>(),
            .five_minutes_days = row[1].as<int>(),
            .hours_days = row[2].as<int>(),
            .leases_days = row[3].as<int>(),
            .devices_days = row[4].as<int>()};
}

bool is_within(int value, int least, int most) { return value >= least && value <= most; }

Task<Result<std::vector<Keeper>>> keepers(Pool& pool) {
    using Found = std::vector<Keeper>;
    const std::function<Result<Found>(Transaction&)> body = [](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(
                 "select organisation_id::text, id::text from routers where organisation_id is not null order by 1, 2"))
            found.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
        return found;
    };
    auto found = co_await pool.transact<Found>({}, body);
    co_return found;
}

// The oldest 5 minutes that are outlived: sealed and deleted together, so that what comes later for them is added, not counted
// anew. The router is locked: no batch of it is on its way. A mark means that the roll-up comes first.
constexpr std::string_view outlived_names_sql =
    "select (extract(epoch from date_bin('5 minutes', min(at), 'epoch')) * 1000)::bigint from traffic"
    " where router_id = $1 and organisation_id = current_organisation() and at < date_bin('5 minutes', now(), 'epoch') - $2::int "
    "* interval '1 hour'";

std::int64_t forget_names(Transaction& transaction, const std::string& router, const Retention& keep) {
    if (keep.names_hours == 24) return 0;  // By dropping the hour for everybody.
    transaction.run("set local statement_timeout = '60s'");
    transaction.run("select 1 from routers where id = $1 for update", router);
    const auto oldest = transaction.run(outlived_names_sql, router, keep.names_hours);
    if (oldest[0][0].is_null()) return 0;
    const auto at = oldest[0][0].as<std::int64_t>();
    const auto end = instant_of("$2") + " + interval '5 minutes'";
    const auto marked = transaction.run(
        "select 1 from traffic_dirty where router_id = $1 and level = 5 and at < " + end + " limit 1", router, at);
    if (!marked.empty()) return 0;
    transaction.run("insert into traffic_seals as s (organisation_id, router_id, at) values (current_organisation(), $1, " + end +
                        ") on conflict (router_id) do update set at = greatest(s.at, excluded.at)",
                    router, at);
    const auto gone = transaction.run(
        "delete from traffic where router_id = $1 and organisation_id = current_organisation() and at >= " + instant_of("$2") +
            " and at < " + end,
        router, at);
    return static_cast<std::int64_t>(gone.affected_rows());
}

/// Names and categories of fewer than five devices, a day old, become '': totals stay.
std::int64_t merge_small(Transaction& transaction, const std::string& router, int most) {
    return transaction
        .run(
            "with small as (select kind, at, key from traffic_5m where router_id = $1 and organisation_id = "
            "current_organisation()"
            " and kind in ('name', 'category') and key <> '' and devices < 5 and at < now() - interval '24 hours' order by at "
            "limit $2),"
            " gone as (delete from traffic_5m t using small s where t.router_id = $1 and t.kind = s.kind and t.at = s.at and "
            "t.key = s.key"
            " returning t.*),"
            " merged as (insert into traffic_5m as t (organisation_id, router_id, kind, at, key, bytes_up, bytes_down, "
            "packets_up,"
            " packets_down, devices)"
            " select organisation_id, router_id, kind, at, '', sum(bytes_up), sum(bytes_down), sum(packets_up), "
            "sum(packets_down),"
            " max(devices) from gone group by organisation_id, router_id, kind, at"
            " on conflict (router_id, kind, at, key) do update set bytes_up = t.bytes_up + excluded.bytes_up,"
            " bytes_down = t.bytes_down + excluded.bytes_down, packets_up = t.packets_up + excluded.packets_up,"
            " packets_down = t.packets_down + excluded.packets_down, devices = greatest(t.devices, excluded.devices) returning 1)"
            " select count(*) from gone",
            router, most)[0][0]
        .as<std::int64_t>();
}

std::int64_t forget_rollups(Transaction& transaction, const std::string& router, const std::string& table, int days, int most) {
    const auto gone = transaction.run(
        "delete from " + table + " t using (select kind, at, key from " + table +
            " where router_id = $1 and organisation_id = current_organisation() and at < now() - $2::int * interval '1 day'"
            " order by kind, at limit $3) old where t.router_id = $1 and t.kind = old.kind and t.at = old.at and t.key = "
            "old.key and t.at < now() - $2::int * interval '1 day'",
        router, days, most);
    return static_cast<std::int64_t>(gone.affected_rows());
}

std::int64_t forget_devices(Transaction& transaction, const std::string& router, const Retention& keep, int most) {
    const auto leases = transaction.run(
        "delete from leases where id in (select id from leases where router_id = $1 and organisation_id = current_organisation()"
        " and coalesce(ended_at, expires_at) < now() - $2::int * interval '1 day' limit $3)",
        router, keep.leases_days, most);
    // Nobody's lease is longer than a week (docs/protocol.md section 5).
    transaction.run(
        "delete from carried_leases where router_id = $1 and organisation_id = current_organisation()"
        " and made_at < now() - interval '7 days'",
        router);
    // What a rule says about a device is the policy's, and stays; so does its row while a ban is decided.
    const auto devices = transaction.run(
        "delete from devices where id in (select id from devices where router_id = $1 and organisation_id = "
        "current_organisation()"
        " and not banned and last_seen_at < now() - $2::int * interval '1 day' limit $3)",
        router, keep.devices_days, most);
    return static_cast<std::int64_t>(leases.affected_rows()) + static_cast<std::int64_t>(devices.affected_rows());
}

std::int64_t forget_portion(Transaction& transaction, const std::string& router, int most) {
    const auto keep = read_settings(transaction);
    return forget_names(transaction, router, keep) + merge_small(transaction, router, most) +
           forget_rollups(transaction, router, "traffic_5m", keep.five_minutes_days, most) +
           forget_rollups(transaction, router, "traffic_1h", keep.hours_days, most) +
           forget_devices(transaction, router, keep, most);
}

}  // namespace

Task<Result<Retention>> retention(Pool& pool, Tenant tenant) {
    const std::function<Result<Retention>(Transaction&)> body = [](Transaction& transaction) -> Result<Retention> {
        return read_settings(transaction);
    };
    auto found = co_await pool.transact<Retention>(std::move(tenant), body);
    co_return found;
}

Task<Status> set_retention(Pool& pool, Tenant tenant, Retention retention, std::string user, std::string address) {
    if (!is_within(retention.names_hours, 1, 24) || !is_within(retention.five_minutes_days, 3, 30) ||
        !is_within(retention.hours_days, 30, 1'100) || !is_within(retention.leases_days, 1, 400) ||
        !is_within(retention.devices_days, 7, 400))
        co_return failed(Code::Invalid,
                         "names 1 to 24 hours, 5 minutes 3 to 30 days, hours 30 to 1100, leases 1 to 400, devices 7 to 400");
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        const auto row = transaction.run(
            "insert into retention_settings (organisation_id, names_hours, five_minutes_days, hours_days, leases_days, "
            "devices_days)"
            " values (current_organisation(), $1, $2, $3, $4, $5) on conflict (organisation_id) do update set"
            " names_hours = excluded.names_hours, five_minutes_days = excluded.five_minutes_days, hours_days = "
            "excluded.hours_days,"
            " leases_days = excluded.leases_days, devices_days = excluded.devices_days, updated_at = now()"
            " returning organisation_id::text, (to_jsonb(retention_settings) - 'organisation_id')::text",
            retention.names_hours, retention.five_minutes_days, retention.hours_days, retention.leases_days,
            retention.devices_days);
        write_audit(transaction, {.user = user,
                                  .address = address,
                                  .action = "retention.set",
                                  .target = row[0][0].as<std::string>(),
                                  .detail = row[0][1].as<std::string>()});
        return true;
    };
    const auto done = co_await pool.transact<bool>(std::move(tenant), body);
    if (!done) co_return std::unexpected{done.error()};
    co_return Status{};
}

Task<Result<std::int64_t>> forget_by_settings(Pool& pool, int most) {
    const auto all = co_await keepers(pool);
    if (!all) co_return std::unexpected{all.error()};
    std::int64_t gone = 0;
    std::optional<Error> problem;  // One router's does not keep the others.
    for (const auto& one : *all) {
        const std::function<Result<std::int64_t>(Transaction&)> body = [router = one.router,
                                                                        most](Transaction& transaction) -> Result<std::int64_t> {
            return forget_portion(transaction, router, most);
        };
        const std::function<Result<std::int64_t>(Transaction&)> keys = [](Transaction& transaction) -> Result<std::int64_t> {
            return transaction.run("select destroy_outlived_keys()")[0][0].as<std::int64_t>();
        };
        for (Result<std::int64_t> portion = 1; portion && *portion > 0; gone += portion.value_or(0)) {
            portion = co_await pool.transact<std::int64_t>({one.organisation}, body);
            if (!portion && portion.error().code == Code::Unavailable) co_return portion;
            if (!portion) problem = portion.error();
        }
        if (const auto done = co_await pool.transact<std::int64_t>({one.organisation}, keys); !done) problem = done.error();
    }
    if (problem) co_return std::unexpected{*std::move(problem)};
    co_return gone;
}

}  // namespace vivi::db
