// Traffic as viewers see it: points, names, rates.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "common/model/traffic.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct TrafficPoint {
    WallTime at{};  ///< Start of a 10-second bucket.
    std::int64_t bytes_up = 0, bytes_down = 0;
};
/// Buckets from `from` on that have traffic, oldest first.
Task<Result<std::vector<TrafficPoint>>> traffic_points(Pool& pool, Tenant tenant, std::string router, WallTime from);

struct NameTraffic {
    std::string name{};
    model::NameSource source = model::NameSource::None;
    std::int64_t bytes_up = 0, bytes_down = 0;
    std::int64_t device_count = 0;
};
/// The names with the most bytes from `from` on, most first.
Task<Result<std::vector<NameTraffic>>> top_names(Pool& pool, Tenant tenant, std::string router, WallTime from, int first);

struct RouterRates {
    std::int64_t revision = 0;                ///< Of the router, read before the sums.
    std::int64_t rate_up = 0, rate_down = 0;  ///< Bits per second of all devices now.
    bool is_online = false;                   ///< A hub that died ends no session: this changes without a revision.
    bool operator==(const RouterRates&) const = default;
};
/// NotFound: no such router here.
Task<Result<RouterRates>> router_rates(Pool& pool, Tenant tenant, std::string router);

}  // namespace vivi::db
