// Devices as viewers see them: pages, changes since a revision, and bans.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/policies.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

/// Decided here, or enforced there: a router that is away enforces an older revision.
enum class BanState : std::uint8_t { None, Sent, InForce, Lifting };

/// `revision` is the configuration revision that decided `is_banned`; 0 when nobody ever did.
constexpr BanState ban_state(bool is_banned, std::int64_t revision, std::int64_t applied_revision) noexcept {
    if (is_banned) return applied_revision >= revision ? BanState::InForce : BanState::Sent;
    return applied_revision >= revision ? BanState::None : BanState::Lifting;
}

struct Device {
    std::string id{};
    std::string router{};
    std::string mac{};
    std::string name{};
    std::string hostname{};
    std::optional<std::string> address{};
    WallTime first_seen_at{};
    WallTime last_seen_at{};
    std::int64_t seen_us = 0;  ///< last_seen_at in microseconds: exact, for cursors.
    std::int64_t bytes_up = 0, bytes_down = 0;
    std::int64_t rate_up = 0, rate_down = 0;  ///< Bits per second; 0 once they are stale.
    BanState ban_state = BanState::None;
    std::string ban_reason{};
    std::int64_t revision = 0;
};

/// Where a page begins: after this device in the order of (last seen, newest first; id).
struct DevicePosition {
    std::int64_t seen_us = 0;
    std::string id{};
};
struct DeviceQuery {
    std::string router{};
    int first = 100;
    std::optional<DevicePosition> after{};
    std::string search{};  ///< Part of a name, host name, MAC, address or vendor class, in any case; empty: all.
};
struct DevicePage {
    std::vector<Device> devices{};
    bool has_next = false;
};

Task<Result<DevicePage>> devices(Pool& pool, Tenant tenant, DeviceQuery query);
/// How many `query` matches on all pages.
Task<Result<std::int64_t>> count_devices(Pool& pool, Tenant tenant, DeviceQuery query);

/// One device; NotFound also when another organisation has it.
Task<Result<Device>> device(Pool& pool, Tenant tenant, std::string id);

/// How far a viewer has seen.
struct Seen {
    std::int64_t revision = 0;  ///< Of the router.
    /// The database's clock, for rates that run out without anything happening; 0: not known, an hour ago at most.
    std::int64_t at_us = 0;
};
struct DeviceChanges {
    Seen seen{};  ///< After these.
    std::vector<Device> devices{};
};
/// Every device when `since` has revision 0, else those that changed after it or whose rate ran out. NotFound: no such router
/// here.
Task<Result<DeviceChanges>> device_changes(Pool& pool, Tenant tenant, std::string router, Seen since);

struct BanRequest {
    std::string device{};
    bool is_banned = false;
    std::string reason{};
    std::string user{};     ///< uuid of who decided, for the audit log.
    std::string address{};  ///< From where; text that is no address is left out.
};
struct Banned {
    Device device{};
    std::string router{};
    std::string organisation{};
    std::int64_t desired_revision = 0;
    std::int64_t revision = 0;
    std::vector<NewRevision> routers{};  ///< All that changed: a ban holds on every router of the event.
};
/// One transaction: device, configuration revisions, routers, event, audit. Bans of one router wait for each other, so none is
/// lost. The same decision twice changes nothing. NotFound: no such device here. Denied: the device is protected. Conflict: the
/// router has no configuration yet. Overflow: the document would be too large for the router.
Task<Result<Banned>> set_device_banned(Pool& pool, Tenant tenant, BanRequest request);

}  // namespace vivi::db
