// SQL of the devices table, as viewers read it.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/devices.hpp"

#include "server/db/device_row.hpp"

namespace vivi::db {
namespace {

// Since the look before ($3; not known: an hour ago). A rate ends a few ticks after its device was seen: the index on that finds
// it.
constexpr std::string_view rate_ran_out =
    "d.rate_until <= now() and d.rate_until > case when $3::bigint = 0 then now() - interval '1 hour'"
    " else 'epoch'::timestamptz + $3::bigint * interval '1 microsecond' end"
    " and d.last_seen_at > case when $3::bigint = 0 then now() - interval '70 minutes'"
    " else 'epoch'::timestamptz + $3::bigint * interval '1 microsecond' - interval '10 minutes' end";
// Not known: whenever that was.
constexpr std::string_view ban_ran_out =
    "d.banned_until is not null and d.banned_until <= now() and d.banned_until > case when $3::bigint = 0 then '-infinity'"
    " else 'epoch'::timestamptz + $3::bigint * interval '1 microsecond' end";

}  // namespace

std::string device_query(std::string_view more, std::string_view from) {
    return "select d.id::text, d.router_id::text, d.mac::text, d.name, d.hostname, host(d.address), " +
           unix_ms("d.first_seen_at") + ", (" +
           "extract(epoch from d.last_seen_at) * 1000000)::bigint, d.bytes_up, d.bytes_down,"
           " case when d.rate_until > now() then d.rate_up else 0 end, case when d.rate_until > now() then d.rate_down else 0 "
           "end,"
           // A ban that is over was lifted by the router itself.
           " d.banned and coalesce(d.banned_until > now(), true), case when d.banned_until <= now() then '' else d.ban_reason "
           "end,"
           " case when d.banned_until <= now() then 0 else d.ban_revision end, r.applied_revision, d.revision, d.group_name,"
           " d.is_protected, " +
           unix_ms("d.banned_at") + ", " + unix_ms("d.banned_until") + ", d.organisation_id::text" + std::string{more} +
           " from " + std::string{from} + " join routers r on r.id = d.router_id";
}

Device to_device(const pqxx::row& row) {
    Device device{.id = row[0].as<std::string>(),
                  .router = row[1].as<std::string>(),
                  .organisation = row[21].as<std::string>(),
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
                  .group = row[17].as<std::string>(),
                  .is_protected = row[18].as<bool>(),
                  .revision = row[16].as<std::int64_t>()};
    if (!row[5].is_null()) device.address = row[5].as<std::string>();
    if (!row[12].as<bool>()) return device;
    if (!row[19].is_null()) device.banned_at = from_unix_ms(row[19].as<std::int64_t>());
    if (!row[20].is_null()) device.banned_until = from_unix_ms(row[20].as<std::int64_t>());
    return device;
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
                         "d.revision > $2::bigint or (" +
                         std::string{rate_ran_out} + ") or (" + std::string{ban_ran_out} +
                         ")) order by d.last_seen_at desc, d.id desc";
        for (const auto& row : transaction.run(sql, router, since.revision, since.at_us))
            changes.devices.push_back(to_device(row));
        return changes;
    };
    auto changes = co_await pool.transact<DeviceChanges>(std::move(tenant), body);
    co_return changes;
}

}  // namespace vivi::db
