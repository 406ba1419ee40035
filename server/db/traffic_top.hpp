// Who or what had the most traffic in a range of time: devices, names, categories, routers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/db/traffic_series.hpp"

namespace vivi::db {

enum class TrafficDimension : std::uint8_t { Device, Domain, Category, Router, Service };

struct TopQuery {
    TrafficScope scope{};
    TrafficDimension by = TrafficDimension::Domain;  ///< Service: the caller sums up names.
    TrafficRange range{};
    int first = 10;
    bool merge_small = false;  ///< Categories of fewer than five devices become ''.
    std::string user{};        ///< Who asks about one device: written to the audit log, once an hour.
    std::string address{};
};

struct TopRow {
    std::string key{};               ///< MAC, name, category or router (uuid); '' is what has none, or is not told apart.
    std::string label{};             ///< Of a device: its name, or what it calls itself; of a router: its name.
    std::string router{}, device{};  ///< uuids, of devices and routers.
    std::int64_t bytes_up = 0, bytes_down = 0;
    std::int64_t device_count = 0;  ///< The most at once: in 5 minutes, or in the whole range when that is short.
};
struct TrafficTop {
    WallTime from{}, until{};  ///< What is counted: whole steps of the level, up to what has been rolled up.
    TrafficLevel level = TrafficLevel::TenSeconds;
    std::vector<TopRow> rows{};
};
/// The most first. Ranges of at most 15 minutes of the last day are counted to the second; longer ones from roll-ups. Of one
/// device (names and categories of the last 24 h only) sensitive categories are ''.
Task<Result<TrafficTop>> traffic_top(Pool& pool, Tenant tenant, TopQuery query, WallTime now);

}  // namespace vivi::db
