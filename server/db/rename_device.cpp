// The organiser's name of a device: router first, device second, as everywhere.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/event.hpp"
#include "server/db/device_row.hpp"
#include "server/db/devices.hpp"
#include "server/db/gathered.hpp"
#include "server/db/revisions.hpp"

namespace vivi::db {
namespace {

constexpr std::size_t most_name_bytes = 252;

Result<Renamed> rename_in(Transaction& transaction, const Rename& rename) {
    const auto routers = transaction.run(
        "select id::text, organisation_id::text, desired_revision, revision from routers where id = (select router_id from "
        "devices"
        " where id = $1 and organisation_id = current_organisation()) and state = 'accepted' for no key update",
        rename.device);
    if (routers.empty()) return failed(Code::NotFound, "no such device");
    const auto name = clean(rename.name, most_name_bytes);
    const auto router = routers[0][0].as<std::string>();
    auto revision = routers[0][3].as<std::int64_t>();
    const auto before = transaction.run("select name, mac::text from devices where id = $1 for no key update", rename.device);
    if (before.empty()) return failed(Code::NotFound, "no such device");
    if (before[0][0].as<std::string>() != name) {
        ++revision;
        transaction.run("update devices set name = $2, revision = $3 where id = $1", rename.device, name, revision);
        transaction.run("update routers set revision = $2 where id = $1", router, revision);
        const model::Json detail{{"router", router}, {"device", before[0][1].as<std::string>()}, {"name", name}};
        write_audit(transaction, {.user = rename.user,
                                  .address = rename.address,
                                  .action = "device.renamed",
                                  .target = rename.device,
                                  .detail = detail.dump()});
    }
    return Renamed{.device = to_device(transaction.run(device_query() + " where d.id = $1", rename.device)[0]),
                   .organisation = routers[0][1].as<std::string>(),
                   .desired_revision = routers[0][2].as<std::int64_t>(),
                   .revision = revision};
}

}  // namespace

Task<Result<Renamed>> rename_device(Pool& pool, Tenant tenant, Rename rename) {
    const std::function<Result<Renamed>(Transaction&)> body = [rename](Transaction& transaction) {
        return rename_in(transaction, rename);
    };
    auto renamed = co_await pool.transact<Renamed>(std::move(tenant), body);
    co_return renamed;
}

}  // namespace vivi::db
