// Alarms over all routers of an organisation, and who looks after them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/db/events.hpp"
#include "server/db/policy_reports.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

/// Which alarms: those of the organisation, narrowed.
struct AlertFilter {
    std::optional<std::string> only{};  ///< uuids of events, comma separated: only of their routers; absent: all.
    std::string router{};               ///< uuid; empty: of all.
    std::string kind{};                 ///< Empty: every kind.
    bool is_open = false;               ///< Only those that are not cleared.
    bool is_unacknowledged = false;     ///< Only those that nobody acknowledged.
};
struct AlertQuery {
    AlertFilter filter{};
    int first = 50;
    std::optional<std::int64_t> after{};  ///< Behind the alarm with this id.
};
/// The newest first.
Task<Result<AlarmPage>> alerts(Pool& pool, Tenant tenant, AlertQuery query);

/// One alarm; NotFound also when another organisation has it.
Task<Result<Alarm>> alarm(Pool& pool, Tenant tenant, std::int64_t id);

struct AlertCount {
    std::string kind{};
    std::int64_t open = 0;
    std::int64_t unacknowledged = 0;  ///< Of the open ones.
};
/// By kind, of the alarms that are open; `only` as in AlertFilter.
Task<Result<std::vector<AlertCount>>> count_alerts(Pool& pool, Tenant tenant, std::optional<std::string> only);

/// Somebody looks after it. Who was first stays. NotFound: no such alarm here.
Task<Result<Alarm>> acknowledge_alarm(Pool& pool, Tenant tenant, std::int64_t id, Actor actor);

/// For the hub, every minute: raises and clears router.offline. The result is how many were raised.
Task<Result<int>> watch_routers(Pool& pool);

}  // namespace vivi::db
