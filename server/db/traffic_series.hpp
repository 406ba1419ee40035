// Traffic of routers or a device over any time, from the roll-up that fits; gaps are zeros.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/db/pool.hpp"
#include "server/db/traffic.hpp"
#include "server/db/traffic_levels.hpp"

namespace vivi::db {

/// Whose traffic. A device is of one router.
struct TrafficScope {
    std::vector<std::string> routers{};  ///< uuids
    std::string mac{};                   ///< Empty: everybody's.
    std::string device{};                ///< uuid of the device with that MAC.
};

struct TrafficSeries {
    Seconds step{};
    WallTime to{};  ///< Not after now.
    std::vector<TrafficPoint> points{};
    std::int64_t bytes_up = 0, bytes_down = 0;
};
/// At most `most` points. What has not been rolled up yet is counted from the finer level: the newest batch is in it.
Task<Result<TrafficSeries>> traffic_series(Pool& pool, Tenant tenant, TrafficScope scope, TrafficRange range, int most,
                                           WallTime now);

/// The SQL of a series of routers at a level, for those who look at its plan. Parameters: routers (uuid[]), from, what is rolled
/// up, to (ms since 1970), the step in seconds.
std::string series_sql(TrafficLevel level);

/// The routers of the tenant's event; of all its events and none when `event` is empty.
Task<Result<std::vector<std::string>>> routers_of(Pool& pool, Tenant tenant, std::string event);

}  // namespace vivi::db
