// Deciding on a device: one transaction from the click to the next configuration revision.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/model/configuration.hpp"
#include "server/db/device_row.hpp"
#include "server/db/devices.hpp"
#include "server/db/gathered.hpp"

namespace vivi::db {
namespace {

constexpr std::size_t most_reason_bytes = 1'000;

struct Target {
    std::string router{};
    std::string organisation{};
    std::int64_t desired_revision = 0;
    std::int64_t revision = 0;
    std::string mac{};
    bool is_banned = false;
    std::string reason{};
};

/// Router first, device second: the order of ingest, so that the two never wait for each other in a circle.
Result<Target> lock_target(Transaction& transaction, const std::string& device) {
    const auto owner =
        transaction.run("select router_id::text from devices where id = $1 and organisation_id = current_organisation()", device);
    if (owner.empty()) return failed(Code::NotFound, "no such device");
    const auto router = transaction.run(
        "select id::text, organisation_id::text, desired_revision, revision from routers"
        " where id = $1 and organisation_id = current_organisation() and state = 'accepted' for no key update",
        owner[0][0].as<std::string>());
    const auto row = transaction.run("select mac::text, banned, ban_reason from devices where id = $1 for no key update", device);
    if (router.empty() || row.empty()) return failed(Code::NotFound, "no such device");
    return Target{.router = router[0][0].as<std::string>(),
                  .organisation = router[0][1].as<std::string>(),
                  .desired_revision = router[0][2].as<std::int64_t>(),
                  .revision = router[0][3].as<std::int64_t>(),
                  .mac = row[0][0].as<std::string>(),
                  .is_banned = row[0][1].as<bool>(),
                  .reason = row[0][2].as<std::string>()};
}

Result<model::Configuration> load_configuration(Transaction& transaction, const Target& target) {
    const auto rows = transaction.run("select document::text from configurations where router_id = $1 and revision = $2",
                                      target.router, target.desired_revision);
    if (rows.empty()) return failed(Code::Conflict, "the router has no configuration yet");
    const auto json = model::parse_json(rows[0][0].as<std::string>());
    if (!json) return std::unexpected{json.error()};
    auto configuration = model::parse_configuration(*json);
    if (!configuration) return failed(Code::Internal, "stored configuration: " + configuration.error().front());
    return *std::move(configuration);
}

/// The next revision: the same document with the device's deny rule added, replaced or taken away.
Result<std::string> decide(model::Configuration configuration, const Target& target, const BanRequest& request) {
    const auto mac = parse_mac(target.mac).value_or(Mac{});
    auto& policy = configuration.policy;
    if (request.is_banned && std::ranges::find(policy.protected_devices, mac) != policy.protected_devices.end())
        return failed(Code::Denied, "the device is protected");
    std::erase_if(policy.devices,
                  [&](const model::DeviceRule& rule) { return rule.device == mac && rule.decision == model::Decision::Deny; });
    if (request.is_banned) policy.devices.push_back({.device = mac, .decision = model::Decision::Deny, .reason = request.reason});
    configuration.revision = target.desired_revision + 1;
    auto document = model::to_json(configuration).dump();
    if (document.size() > model::max_configuration_bytes)
        return failed(Code::Overflow, "the configuration is larger than 256 KiB");
    return document;
}

void write_decision(Transaction& transaction, const Target& target, const BanRequest& request, const std::string& document) {
    const auto desired = target.desired_revision + 1;
    transaction.run(
        "insert into configurations (organisation_id, router_id, revision, document, created_by)"
        " values (current_organisation(), $1, $2, $3::jsonb, nullif($4, '')::uuid)",
        target.router, desired, document, request.user);
    transaction.run("update routers set desired_revision = $2, revision = $3 where id = $1", target.router, desired,
                    target.revision + 1);
    transaction.run("update devices set banned = $2, ban_reason = $3, ban_revision = $4, revision = $5 where id = $1",
                    request.device, request.is_banned, request.is_banned ? request.reason : "", desired, target.revision + 1);
    const auto detail =
        model::Json{{"device", target.mac}, {"router", target.router}, {"reason", request.reason}, {"revision", desired}};
    const auto has_address = parse_ipv4(request.address).has_value() || parse_ipv6(request.address).has_value();
    transaction.run(
        "insert into audit_log (organisation_id, user_id, action, target, detail, address)"
        " values (current_organisation(), nullif($1, '')::uuid, $2, $3, $4::jsonb, nullif($5, '')::inet)",
        request.user, request.is_banned ? "device.banned" : "device.unbanned", request.device, detail.dump(),
        has_address ? request.address : "");
}

Result<Banned> ban(Transaction& transaction, const BanRequest& request) {
    auto target = lock_target(transaction, request.device);
    if (!target) return std::unexpected{std::move(target).error()};
    const bool is_new = target->is_banned != request.is_banned || (request.is_banned && target->reason != request.reason);
    if (is_new) {
        auto configuration = load_configuration(transaction, *target);
        if (!configuration) return std::unexpected{std::move(configuration).error()};
        const auto document = decide(*std::move(configuration), *target, request);
        if (!document) return std::unexpected{document.error()};
        write_decision(transaction, *target, request, *document);
    }
    const auto step = is_new ? 1 : 0;
    return Banned{.device = to_device(transaction.run(device_query() + " where d.id = $1", request.device)[0]),
                  .router = target->router,
                  .organisation = target->organisation,
                  .desired_revision = target->desired_revision + step,
                  .revision = target->revision + step};
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
