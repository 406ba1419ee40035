// A bucket is deleted and made anew from the finer level; what comes after that level is gone is added and used up.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/rollups.hpp"

#include <optional>

#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr int portion = 500;

// Once a device and name, then by each kind: every row is read once. Sums stay where JSON numbers are exact (2^53 - 1).
constexpr std::string_view kinds_sql =
    " pairs as materialized (select mac, name, sum(bytes_up) as up, sum(bytes_down) as down, sum(packets_up) as pup,"
    " sum(packets_down) as pdown from rows group by mac, name),"
    " names as materialized (select name, category_of(name) as category from (select distinct name from pairs) n),"
    " kinds as (select 'router' as kind, '' as key, sum(up) as up, sum(down) as down, sum(pup) as pup, sum(pdown) as pdown,"
    " count(distinct mac) as devices from pairs having count(*) > 0"
    " union all select 'device', mac::text, sum(up), sum(down), sum(pup), sum(pdown), 1 from pairs group by mac"
    " union all select 'name', name, sum(up), sum(down), sum(pup), sum(pdown), count(*) from pairs group by name"
    " union all select 'category', category, sum(up), sum(down), sum(pup), sum(pdown), count(distinct mac)"
    " from pairs join names using (name) group by category)"
    " insert into traffic_5m as t (organisation_id, router_id, kind, at, key, bytes_up, bytes_down, packets_up, packets_down, "
    "devices)"
    " select current_organisation(), $1, kind, 'epoch'::timestamptz + $2::bigint * interval '1 millisecond', key,"
    " least(up, 9007199254740991)::bigint, least(down, 9007199254740991)::bigint, least(pup, 9007199254740991)::bigint,"
    " least(pdown, 9007199254740991)::bigint, devices from kinds";

// A literal instant, so that the planner takes the one partition.
std::string between(const std::string& column, int minutes) {
    return " router_id = $1 and organisation_id = current_organisation() and " + column + " >= " + instant_of("$2") + " and " +
           column + " < " + instant_of("$2") + " + interval '" + std::to_string(minutes) + " minutes'";
}

void make_five_minutes(Transaction& transaction, const DirtyBucket& bucket) {
    const auto at = to_unix_ms(bucket.at);
    transaction.run("delete from traffic_5m where" + between("at", 5), bucket.router, at);
    transaction.run("with rows as (select mac, name, bytes_up, bytes_down, packets_up, packets_down from traffic where" +
                        between("at", 5) + ")," + std::string{kinds_sql},
                    bucket.router, at);
}

/// The rest of the bucket's names is gone: these are added to what was made of them, and go too.
void add_late(Transaction& transaction, const DirtyBucket& bucket) {
    transaction.run("with rows as (delete from traffic where" + between("at", 5) +
                        " returning mac, name, bytes_up, bytes_down, packets_up, packets_down)," + std::string{kinds_sql} +
                        " on conflict (router_id, kind, at, key) do update set"
                        " bytes_up = least(t.bytes_up::numeric + excluded.bytes_up, 9007199254740991)::bigint,"
                        " bytes_down = least(t.bytes_down::numeric + excluded.bytes_down, 9007199254740991)::bigint,"
                        " packets_up = least(t.packets_up::numeric + excluded.packets_up, 9007199254740991)::bigint,"
                        " packets_down = least(t.packets_down::numeric + excluded.packets_down, 9007199254740991)::bigint,"
                        " devices = greatest(t.devices, excluded.devices)",
                    bucket.router, to_unix_ms(bucket.at));
}

// Under five devices is nobody's business after a day: a name or category that never had five in 5 minutes is counted as ''.
constexpr std::string_view hour_sql =
    " keys as (select kind, key, sum(bytes_up) as up, sum(bytes_down) as down, sum(packets_up) as pup, sum(packets_down) as "
    "pdown,"
    " max(devices) as devices from rows group by kind, key),"
    " kept as (select kind, case when kind <> 'router' and devices < 5 then '' else key end as key, up, down, pup, pdown, "
    "devices "
    "from keys)"
    " insert into traffic_1h (organisation_id, router_id, kind, at, key, bytes_up, bytes_down, packets_up, packets_down, devices)"
    " select current_organisation(), $1, kind, 'epoch'::timestamptz + $2::bigint * interval '1 millisecond', key,"
    " least(sum(up), 9007199254740991)::bigint, least(sum(down), 9007199254740991)::bigint, least(sum(pup), "
    "9007199254740991)::bigint,"
    " least(sum(pdown), 9007199254740991)::bigint, max(devices) from kept group by kind, key";

void make_hour(Transaction& transaction, const DirtyBucket& bucket) {
    const auto at = to_unix_ms(bucket.at);
    transaction.run("delete from traffic_1h where" + between("at", 60), bucket.router, at);
    transaction.run(
        "with rows as (select kind, key, bytes_up, bytes_down, packets_up, packets_down, devices from traffic_5m where" +
            between("at", 60) + " and kind <> 'device')," + std::string{hour_sql},
        bucket.router, at);
}

bool names_are_gone(Transaction& transaction, const DirtyBucket& bucket) {
    return transaction
        .run("select " + instant_of("$2") +
                 " < greatest((select at from traffic_horizon), (select at from traffic_seals where router_id = $1))",
             bucket.router, to_unix_ms(bucket.at))[0][0]
        .as<bool>();
}

Result<bool> roll_up_one(Transaction& transaction, const DirtyBucket& bucket) {
    const auto at = to_unix_ms(bucket.at);
    transaction.run("set local statement_timeout = '60s'");  // Nobody waits for it; a full bucket has 750,000 rows.
    // Waits for a batch that marked the same, and then sees what it wrote.
    if (transaction
            .run("delete from traffic_dirty where router_id = $1 and level = $3 and at = " + instant_of("$2") + " returning 1",
                 bucket.router, at, bucket.level)
            .empty())
        return false;
    transaction.run("select ensure_rollup_partitions(" + instant_of("$1") + ")", at);
    if (bucket.level == 60) {
        make_hour(transaction, bucket);
        return true;
    }
    if (names_are_gone(transaction, bucket))
        add_late(transaction, bucket);
    else
        make_five_minutes(transaction, bucket);
    transaction.run(
        "insert into traffic_dirty (organisation_id, router_id, level, at) values (current_organisation(), $1, 60, "
        "date_trunc('hour', " +
            instant_of("$2") + ", 'UTC')) on conflict (router_id, level, at) do update set marked_at = now()",
        bucket.router, at);
    return true;
}

}  // namespace

Task<Result<std::vector<DirtyBucket>>> dirty_buckets(Pool& pool, int most) {
    using Found = std::vector<DirtyBucket>;
    const std::function<Result<Found>(Transaction&)> body = [most](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row :
             transaction.run("select organisation_id::text, router_id::text, level, " + unix_ms("at") +
                                 " from traffic_dirty where at + level * interval '1 minute' < now() - interval '30 seconds'"
                                 " order by level, at, router_id limit $1",
                             most))
            found.push_back({.organisation = row[0].as<std::string>(),
                             .router = row[1].as<std::string>(),
                             .level = row[2].as<int>(),
                             .at = from_unix_ms(row[3].as<std::int64_t>())});
        return found;
    };
    auto found = co_await pool.transact<Found>({}, body);
    co_return found;
}

Task<Result<bool>> roll_up(Pool& pool, DirtyBucket bucket) {
    const Tenant tenant{bucket.organisation};
    const std::function<Result<bool>(Transaction&)> body = [bucket = std::move(bucket)](Transaction& transaction) {
        return roll_up_one(transaction, bucket);
    };
    auto done = co_await pool.transact<bool>(tenant, body);
    co_return done;
}

Task<Result<int>> roll_up_ended(Pool& pool) {
    int done = 0;
    for (;;) {
        const auto buckets = co_await dirty_buckets(pool, portion);
        if (!buckets) co_return std::unexpected{buckets.error()};
        const int before = done;
        std::optional<Error> problem;  // One bucket that cannot be made does not keep the others.
        for (const auto& bucket : *buckets) {
            const auto made = co_await roll_up(pool, bucket);
            if (!made && made.error().code == Code::Unavailable) co_return std::unexpected{made.error()};
            if (!made) problem = made.error();
            done += made && *made ? 1 : 0;
        }
        if (done == before && problem) co_return std::unexpected{*std::move(problem)};
        if (done == before) co_return done;
    }
}

Task<Status> make_partitions_ahead(Pool& pool) {
    const std::function<Result<bool>(Transaction&)> body = [](Transaction& transaction) -> Result<bool> {
        transaction.run("select ensure_traffic_hour(now() + h * interval '1 hour') from generate_series(0, 25) h");
        transaction.run("select ensure_rollup_partitions(now()), ensure_rollup_partitions(now() + interval '25 hours')");
        return true;
    };
    const auto made = co_await pool.transact<bool>({}, body);
    if (!made) co_return std::unexpected{made.error()};
    co_return Status{};
}

}  // namespace vivi::db
