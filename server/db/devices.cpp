// SQL of the devices table, as viewers read it.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/devices.hpp"

#include "server/db/device_row.hpp"
#include "server/db/like.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view page_condition =
    " where d.router_id = $1 and d.organisation_id = current_organisation() and ($2 = '' or d.name ilike $2 or d.hostname ilike "
    "$2"
    " or d.mac::text ilike $2 or host(d.address) ilike $2 or d.vendor_class ilike $2)";

std::string pattern_of(const std::string& search) { return search.empty() ? "" : "%" + escape_like(search) + "%"; }

}  // namespace

std::string device_query(std::string_view more) {
    return "select d.id::text, d.router_id::text, d.mac::text, d.name, d.hostname, host(d.address), " +
           unix_ms("d.first_seen_at") + ", (" +
           "extract(epoch from d.last_seen_at) * 1000000)::bigint, d.bytes_up, d.bytes_down,"
           " case when d.rate_until > now() then d.rate_up else 0 end, case when d.rate_until > now() then d.rate_down else 0 "
           "end,"
           " d.banned, d.ban_reason, d.ban_revision, r.applied_revision, d.revision" +
           std::string{more} + " from devices d join routers r on r.id = d.router_id";
}

Device to_device(const pqxx::row& row) {
    Device device{.id = row[0].as<std::string>(),
                  .router = row[1].as<std::string>(),
                  .mac = row[2].as<std::string>(),
                  .name = row[3].as<std::string>(),
                  .hostname = row[4].as<std::string>(),
                  .first_seen_at = from_unix_ms(row[6].as<std::int64_t>()),
                  .last_seen_at = from_unix_ms(row[7].as<std::int64_t>() / 1'000),
                  .seen_us = row[7].as<std::int64_t>(),
                  .bytes_up = row[8].as<std::int64_t>(),
                  .bytes_down = row[9].as<std::int64_t>(),
                  .rate_up = row[10].as<std::int64_t>(),
                  .rate_down = row[11].as<std::int64_t>(),
                  .ban_state = ban_state(row[12].as<bool>(), row[14].as<std::int64_t>(), row[15].as<std::int64_t>()),
                  .ban_reason = row[13].as<std::string>(),
                  .revision = row[16].as<std::int64_t>()};
    if (!row[5].is_null()) device.address = row[5].as<std::string>();
    return device;
}

Task<Result<DevicePage>> devices(Pool& pool, Tenant tenant, DeviceQuery query) {
    const std::function<Result<DevicePage>(Transaction&)> body = [query](Transaction& transaction) -> Result<DevicePage> {
        const auto position = query.after.value_or(DevicePosition{});
        const auto seen_at = "('epoch'::timestamptz + $3::bigint * interval '1 microsecond')";
        const auto sql = device_query() + std::string{page_condition} + " and ($4 = '' or d.last_seen_at < " + seen_at +
                         " or (d.last_seen_at = " + seen_at + " and d.id > nullif($4, '')::uuid))" +
                         " order by d.last_seen_at desc, d.id limit $5::int";
        DevicePage page;
        for (const auto& row :
             transaction.run(sql, query.router, pattern_of(query.search), position.seen_us, position.id, query.first + 1))
            page.devices.push_back(to_device(row));
        page.has_next = page.devices.size() > static_cast<std::size_t>(query.first);
        if (page.has_next) page.devices.pop_back();
        return page;
    };
    auto page = co_await pool.transact<DevicePage>(std::move(tenant), body);
    co_return page;
}

Task<Result<std::int64_t>> count_devices(Pool& pool, Tenant tenant, DeviceQuery query) {
    const std::function<Result<std::int64_t>(Transaction&)> body = [query](Transaction& transaction) -> Result<std::int64_t> {
        const auto sql = "select count(*) from devices d" + std::string{page_condition};
        return transaction.run(sql, query.router, pattern_of(query.search))[0][0].as<std::int64_t>();
    };
    auto count = co_await pool.transact<std::int64_t>(std::move(tenant), body);
    co_return count;
}

Task<Result<Device>> device(Pool& pool, Tenant tenant, std::string id) {
    const std::function<Result<Device>(Transaction&)> body = [id](Transaction& transaction) -> Result<Device> {
        const auto rows = transaction.run(device_query() + " where d.id = $1 and d.organisation_id = current_organisation()", id);
        if (rows.empty()) return failed(Code::NotFound, "no such device");
        return to_device(rows[0]);
    };
    auto found = co_await pool.transact<Device>(std::move(tenant), body);
    co_return found;
}

Task<Result<DeviceChanges>> device_changes(Pool& pool, Tenant tenant, std::string router, Seen since) {
    const std::function<Result<DeviceChanges>(Transaction&)> body = [=](Transaction& transaction) -> Result<DeviceChanges> {
        // The revision is read first: whatever commits between the two statements is shown now and again with the next change.
        const auto rows = transaction.run(
            "select revision, (extract(epoch from now()) * 1000000)::bigint from routers"
            " where id = $1 and organisation_id = current_organisation() and state = 'accepted'",
            router);
        if (rows.empty()) return failed(Code::NotFound, "no such router");
        DeviceChanges changes{.seen = {.revision = rows[0][0].as<std::int64_t>(), .at_us = rows[0][1].as<std::int64_t>()}};
        const auto sql = device_query() +
                         " where d.router_id = $1 and d.organisation_id = current_organisation() and ($2::bigint = 0 or "
                         "d.revision > $2::bigint or"
                         " (d.rate_until <= now() and d.rate_until > case when $3::bigint = 0 then now() - interval '1 hour'"
                         " else 'epoch'::timestamptz + $3::bigint * interval '1 microsecond' end))"
                         " order by d.last_seen_at desc, d.id";
        for (const auto& row : transaction.run(sql, router, since.revision, since.at_us))
            changes.devices.push_back(to_device(row));
        return changes;
    };
    auto changes = co_await pool.transact<DeviceChanges>(std::move(tenant), body);
    co_return changes;
}

}  // namespace vivi::db
