// What is known of routers beside their row, for those who ask how they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct RouterFacts {
    std::optional<WallTime> custody_started_at{};
    std::optional<WallTime> disconnected_at{};  ///< When the session ended, if it did.
    std::optional<WallTime> decided_at{};       ///< When the desired revision was decided.
    std::int64_t gaps = 0;                      ///< Of the last 24 hours.
    std::int64_t open_alarms = 0;
    std::int64_t unacknowledged_alarms = 0;  ///< Of the open ones.
    std::int64_t reverted_revision =
        0;  ///< Whose networks, uplink and DNS were taken back, if nothing was proven since; 0: none.
    std::string reverted_reason{};
};
/// By router; those that are not the organisation's are missing. One query for all.
Task<Result<std::map<std::string, RouterFacts>>> router_facts(Pool& pool, Tenant tenant, std::vector<std::string> routers);

}  // namespace vivi::db
