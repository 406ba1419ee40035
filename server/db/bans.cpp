// Deciding on a device: one transaction from the click to the next configuration revision.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/db/device_row.hpp"
#include "server/db/devices.hpp"
#include "server/db/gathered.hpp"
#include "server/db/together.hpp"

namespace vivi::db {
namespace {

constexpr std::size_t most_reason_bytes = 500;  // As the document allows.

struct Target {
    std::string router{};
    Together together{};
    Mac mac{};
    bool is_banned = false;
    std::string reason{};
};

/// Router first, device second: the order of ingest, so that the two never wait for each other in a circle.
Result<Target> lock_target(Transaction& transaction, const std::string& device) {
    const auto owner =
        transaction.run("select router_id::text from devices where id = $1 and organisation_id = current_organisation()", device);
    if (owner.empty()) return failed(Code::NotFound, "no such device");
    const auto router = owner[0][0].as<std::string>();
    auto together = lock_together(transaction, router);
    if (!together) return std::unexpected{std::move(together).error()};
    const auto row = transaction.run("select mac::text, banned, ban_reason from devices where id = $1 for no key update", device);
    if (row.empty()) return failed(Code::NotFound, "no such device");
    return Target{.router = router,
                  .together = *std::move(together),
                  .mac = parse_mac(row[0][0].as<std::string>()).value_or(Mac{}),
                  .is_banned = row[0][1].as<bool>(),
                  .reason = row[0][2].as<std::string>()};
}

/// The device's ban added, replaced or taken away; what is denied by a schedule or for a time stays.
Status edit(model::Policy& policy, Mac mac, const BanRequest& request) {
    if (request.is_banned && std::ranges::find(policy.protected_devices, mac) != policy.protected_devices.end())
        return failed(Code::Denied, "the device is protected");
    std::erase_if(policy.devices, [&](const model::DeviceRule& rule) { return rule.device == mac && is_ban(rule, policy); });
    if (request.is_banned) policy.devices.push_back({.device = mac, .decision = model::Decision::Deny, .reason = request.reason});
    return {};
}

/// The rows of the device: on every router of the event that has seen it.
void write_ban(Transaction& transaction, const Target& target, const BanRequest& request) {
    for (const auto& decided : target.together.routers)
        transaction.run(
            "update devices set banned = $3, ban_reason = $4, ban_revision = $5, revision = $6 where router_id = $1 and mac = $2",
            decided.router, to_string(target.mac), request.is_banned, request.is_banned ? request.reason : "",
            decided.desired_revision, decided.revision);
}

Result<Banned> ban(Transaction& transaction, const BanRequest& request) {
    auto target = lock_target(transaction, request.device);
    if (!target) return std::unexpected{std::move(target).error()};
    auto& together = target->together;
    if (target->is_banned != request.is_banned || (request.is_banned && target->reason != request.reason)) {
        if (auto edited = edit(together.policy, target->mac, request); !edited) return std::unexpected{std::move(edited).error()};
        model::Json detail{{"device", to_string(target->mac)},
                           {"router", target->router},
                           {"reason", request.reason},
                           {"revision", together.find(target->router)->desired_revision + 1}};
        if (!together.event.id.empty()) detail["event"] = together.event.id;
        const AuditRow row{.user = request.user,
                           .address = request.address,
                           .action = request.is_banned ? "device.banned" : "device.unbanned",
                           .target = request.device,
                           .detail = detail.dump()};
        if (auto written = write_together(transaction, together, row, Bans::Later); !written)
            return std::unexpected{std::move(written).error()};
        write_ban(transaction, *target, request);
    }
    const auto& decided = *together.find(target->router);
    return Banned{.device = to_device(transaction.run(device_query() + " where d.id = $1", request.device)[0]),
                  .router = decided.router,
                  .organisation = decided.organisation,
                  .desired_revision = decided.desired_revision,
                  .revision = decided.revision,
                  .routers = new_revisions(together)};
}

}  // namespace

Task<Result<Banned>> set_device_banned(Pool& pool, Tenant tenant, BanRequest request) {
    request.reason = clean(request.reason, most_reason_bytes);
    const std::function<Result<Banned>(Transaction&)> body = [request](Transaction& transaction) {
        return ban(transaction, request);
    };
    auto banned = co_await pool.transact<Banned>(std::move(tenant), body);
    co_return banned;
}

}  // namespace vivi::db
