// What reading the levels of traffic shares: bounds, what is rolled up, how far back. Only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/db/retention.hpp"
#include "server/db/traffic_levels.hpp"

namespace vivi::db {

class Transaction;

/// What a JSON number holds exactly: 2^53 - 1.
inline constexpr std::int64_t most_exact = 9'007'199'254'740'991;

/// Milliseconds since 1970 as a timestamptz that the planner knows: to_timestamp is immutable, adding an interval is not. Exact,
/// for bounds that are whole milliseconds.
std::string bound_of(const std::string& parameter);

LevelsKept levels_kept(const Retention& keep, WallTime now, bool is_device);

/// Before this, every bucket of the level has been made; from it on, the finer level is to be asked.
WallTime rolled_until(Transaction& transaction, const std::string& routers, TrafficLevel level, WallTime now);

/// uuid[] as a literal.
std::string routers_literal(const std::vector<std::string>& routers);

}  // namespace vivi::db
