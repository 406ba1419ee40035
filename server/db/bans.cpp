// Deciding on devices: one transaction from the click to the next configuration revision.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "server/db/arrays.hpp"
#include "server/db/device_row.hpp"
#include "server/db/devices.hpp"
#include "server/db/gathered.hpp"
#include "server/db/together.hpp"

namespace vivi::db {
namespace {

constexpr std::size_t most_reason_bytes = 500;  // As the document allows.

bool has(const std::vector<Mac>& macs, Mac mac) { return std::ranges::find(macs, mac) != macs.end(); }

/// The devices' rows under lock: routers first, devices second, the order of ingest, so that the two never wait for each other in
/// a circle.
Result<std::vector<Mac>> lock_devices(Transaction& transaction, const Together& together,
                                      const std::vector<std::string>& devices) {
    ArrayLiteral ids, routers;
    for (const auto& device : devices) ids.add(std::string_view{device});
    for (const auto& decided : together.routers) routers.add(std::string_view{decided.router});
    std::map<std::string, Mac> found;
    for (const auto& row :
         transaction.run("select id::text, mac::text from devices where router_id = any($1::uuid[]) and id = any($2::uuid[])"
                         " and organisation_id = current_organisation() order by id for no key update",
                         routers.text(), ids.text()))
        found.emplace(row[0].as<std::string>(), parse_mac(row[1].as<std::string>()).value_or(Mac{}));
    std::vector<Mac> macs;
    for (const auto& device : devices) {
        const auto known = found.find(device);
        if (known == found.end()) return failed(Code::NotFound, "no such device");
        if (!has(macs, known->second)) macs.push_back(known->second);
    }
    return macs;
}

/// When the router's event ends, while that is to come.
std::optional<WallTime> end_of_event(Transaction& transaction, const std::string& router) {
    const auto rows =
        transaction.run("select " + unix_ms("e.ends_at") +
                            " from events e join routers r on r.event_id = e.id where r.id = $1 and e.ends_at > now()",
                        router);
    if (rows.empty()) return std::nullopt;
    return from_unix_ms(rows[0][0].as<std::int64_t>());
}

/// Is `wanted` what is decided about its device already, and nothing else?
bool is_decided(const model::Policy& policy, const model::DeviceRule& wanted) {
    std::size_t bans = 0, equal = 0;
    for (const auto& rule : policy.devices) {
        if (rule.device != wanted.device || !is_ban(rule, policy)) continue;
        ++bans;
        equal += rule == wanted ? 1 : 0;
    }
    return bans == 1 && equal == 1;
}

/// The devices' bans added, replaced or taken away; what is denied by a schedule stays, what is over goes.
Status edit(model::Policy& policy, const std::vector<Mac>& macs, const Ban& ban) {
    const auto is_one = [&](Mac mac) { return has(macs, mac); };
    if (ban.is_banned && !ban.lifts_protection && std::ranges::any_of(policy.protected_devices, is_one))
        return failed(Code::Denied, "the device is protected");
    if (ban.is_banned) std::erase_if(policy.protected_devices, is_one);
    std::erase_if(policy.devices, [&](const model::DeviceRule& rule) { return rule.until && *rule.until <= ban.now; });
    for (const auto& mac : macs) {
        const model::DeviceRule wanted{
            .device = mac, .decision = model::Decision::Deny, .reason = ban.reason, .until = ban.until};
        if (ban.is_banned && is_decided(policy, wanted)) continue;
        std::erase_if(policy.devices, [&](const model::DeviceRule& rule) { return rule.device == mac && is_ban(rule, policy); });
        if (ban.is_banned) policy.devices.push_back(wanted);
    }
    return {};
}

AuditRow audit_of(const BansRequest& request, const Together& together, const std::vector<Mac>& macs, const Ban& ban) {
    model::Json detail{
        {"router", request.router}, {"reason", ban.reason}, {"revision", together.find(request.router)->desired_revision + 1}};
    if (!together.event.id.empty()) detail["event"] = together.event.id;
    if (ban.until) detail["until"] = to_unix_ms(*ban.until);
    const bool is_one = macs.size() == 1;
    for (const auto& mac : macs) {
        if (is_one)
            detail["device"] = to_string(mac);
        else
            detail["devices"].push_back(to_string(mac));
    }
    return {.user = ban.user,
            .address = ban.address,
            .action = std::string{is_one ? "device." : "devices."} + (ban.is_banned ? "banned" : "unbanned"),
            .target = is_one ? request.devices.front() : request.router,
            .detail = detail.dump()};
}

std::vector<Device> read_devices(Transaction& transaction, const std::vector<std::string>& devices) {
    ArrayLiteral ids;
    for (const auto& device : devices) ids.add(std::string_view{device});
    std::vector<Device> rows;
    for (const auto& row : transaction.run(
             device_query() + " join unnest($1::uuid[]) with ordinality as t(id, place) on t.id = d.id order by t.place",
             ids.text()))
        rows.push_back(to_device(row));
    return rows;
}

Result<Banned> ban_all(Transaction& transaction, const BansRequest& request) {
    auto together = lock_together(transaction, request.router);
    if (!together) return std::unexpected{std::move(together).error()};
    const auto macs = lock_devices(transaction, *together, request.devices);
    if (!macs) return std::unexpected{macs.error()};
    auto ban = request.ban;
    if (ban.is_banned && !ban.until && ban.ends_with_event) ban.until = end_of_event(transaction, request.router);
    auto policy = together->policy;
    if (auto edited = edit(policy, *macs, ban); !edited) return std::unexpected{std::move(edited).error()};
    if (policy != together->policy) {
        together->policy = std::move(policy);
        const auto row = audit_of(request, *together, *macs, ban);
        if (auto written = write_together(transaction, *together, row, Bans::Later); !written)
            return std::unexpected{std::move(written).error()};
        for (const auto& decided : together->routers) write_bans(transaction, decided, *macs);
    }
    const auto& decided = *together->find(request.router);
    return Banned{.devices = read_devices(transaction, request.devices),
                  .router = decided.router,
                  .organisation = decided.organisation,
                  .desired_revision = decided.desired_revision,
                  .revision = decided.revision,
                  .routers = new_revisions(*together)};
}

Result<BannedDevice> ban_one(Transaction& transaction, const BanRequest& request) {
    const auto owner = transaction.run(
        "select router_id::text from devices where id = $1 and organisation_id = current_organisation()", request.device);
    if (owner.empty()) return failed(Code::NotFound, "no such device");
    auto banned = ban_all(transaction, {.router = owner[0][0].as<std::string>(),
                                        .devices = {request.device},
                                        .ban = {.is_banned = request.is_banned, .reason = request.reason}});
    if (!banned) return std::unexpected{std::move(banned).error()};
    return BannedDevice{.device = std::move(banned->devices.front()),
                        .router = banned->router,
                        .organisation = banned->organisation,
                        .desired_revision = banned->desired_revision,
                        .revision = banned->revision};
}

}  // namespace

Task<Result<Banned>> set_devices_banned(Pool& pool, Tenant tenant, BansRequest request) {
    request.ban.reason = clean(request.ban.reason, most_reason_bytes);
    const std::function<Result<Banned>(Transaction&)> body = [request](Transaction& transaction) {
        return ban_all(transaction, request);
    };
    auto banned = co_await pool.transact<Banned>(std::move(tenant), body);
    co_return banned;
}

Task<Result<BannedDevice>> set_device_banned(Pool& pool, Tenant tenant, BanRequest request) {
    request.reason = clean(request.reason, most_reason_bytes);
    const std::function<Result<BannedDevice>(Transaction&)> body = [request](Transaction& transaction) {
        return ban_one(transaction, request);
    };
    auto banned = co_await pool.transact<BannedDevice>(std::move(tenant), body);
    co_return banned;
}

Task<Result<std::vector<Device>>> recent_bans(Pool& pool, Tenant tenant, std::string router, int most) {
    using Found = std::vector<Device>;
    const std::function<Result<Found>(Transaction&)> body = [router, most](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(
                 device_query() + " where d.router_id = $1 and d.organisation_id = current_organisation() and d.banned"
                                  " and coalesce(d.banned_until > now(), true)"
                                  " order by d.banned_at desc, d.id limit $2::int",
                 router, most))
            found.push_back(to_device(row));
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

}  // namespace vivi::db
