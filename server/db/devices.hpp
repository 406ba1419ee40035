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
    std::string organisation{};
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
    std::optional<WallTime> banned_at{};
    std::optional<WallTime> banned_until{};  ///< Nothing: until somebody lifts it.
    std::string group{};                     ///< Of the policy; empty: none.
    bool is_protected = false;
    std::int64_t revision = 0;
};

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

/// What is decided, and by whom.
struct Ban {
    bool is_banned = false;
    std::string reason{};
    std::optional<WallTime> until{};
    bool ends_with_event = false;   ///< Without `until`: when the router's event ends, if that is known.
    bool lifts_protection = false;  ///< A protected device is banned all the same, and protected no more.
    WallTime now{};                 ///< Rules that ended before it are taken out on the way.
    std::string user{};             ///< uuid of who decided, for the audit log.
    std::string address{};          ///< From where; text that is no address is left out.
};
struct BansRequest {
    std::string router{};
    std::vector<std::string> devices{};  ///< Of that router, or of others of its event.
    Ban ban{};
};
struct Banned {
    std::vector<Device> devices{};  ///< In the order of the request.
    std::string router{};
    std::string organisation{};
    std::int64_t desired_revision = 0;
    std::int64_t revision = 0;
    std::vector<NewRevision> routers{};  ///< All that changed: a ban holds on every router of the event.
};
/// One transaction and one configuration revision a router for all of them: devices, routers, event, audit. Bans of one router
/// wait for each other, so none is lost. The same decision twice changes nothing. NotFound: one is no device of that router or
/// its event. Denied: one is protected. Conflict: the router has no configuration yet. Overflow: the document would be too large
/// for a router.
Task<Result<Banned>> set_devices_banned(Pool& pool, Tenant tenant, BansRequest request);

struct BanRequest {
    std::string device{};
    bool is_banned = false;
    std::string reason{};
};
struct BannedDevice {
    Device device{};
    std::string router{};
    std::string organisation{};
    std::int64_t desired_revision = 0;
    std::int64_t revision = 0;
};
/// One device, until somebody lifts it.
Task<Result<BannedDevice>> set_device_banned(Pool& pool, Tenant tenant, BanRequest request);

/// Bans that are in force or on their way, the newest first; at most `most`.
Task<Result<std::vector<Device>>> recent_bans(Pool& pool, Tenant tenant, std::string router, int most);

struct Rename {
    std::string device{};
    std::string name{};  ///< Empty: none any more.
    std::string user{};
    std::string address{};
};
struct Renamed {
    Device device{};
    std::string organisation{};
    std::int64_t desired_revision = 0;
    std::int64_t revision = 0;
};
/// The organiser's name of a device, with its audit row. NotFound: no such device here.
Task<Result<Renamed>> rename_device(Pool& pool, Tenant tenant, Rename rename);

}  // namespace vivi::db
