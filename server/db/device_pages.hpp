// Devices in pages: filtered, searched, sorted, forward and backward from any place.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/devices.hpp"

namespace vivi::db {

/// Seen in this time: online.
inline constexpr Seconds online_for{300};

enum class DeviceSort : std::uint8_t { LastSeen, FirstSeen, Name, Address, Bytes, Rate };
enum class SortDirection : std::uint8_t { Ascending, Descending };

/// A place in a list of one sort: of equal keys, by id.
struct DevicePlace {
    DeviceSort sort = DeviceSort::LastSeen;
    std::string key{};  ///< Microseconds since 1970, a name, an address, bytes, or bits per second.
    std::string id{};
    bool operator==(const DevicePlace&) const = default;
};

/// Every condition that is set must hold.
struct DeviceFilter {
    std::optional<bool> is_online{};
    std::optional<bool> is_banned{};
    std::optional<bool> is_protected{};
    std::optional<bool> is_randomised{};
    std::optional<WallTime> new_since{};
    std::optional<std::string> group{};  ///< Empty: in no group.
};

struct DeviceQuery {
    std::string router{};
    int first = 100;  ///< How many, in either direction.
    /// Part of a name, host name, MAC in any notation, address or vendor class, in any case; empty: all.
    std::string search{};
    DeviceFilter filter{};
    DeviceSort sort = DeviceSort::LastSeen;
    SortDirection direction = SortDirection::Descending;
    std::optional<DevicePlace> after{};   ///< Of the same sort: behind this device.
    std::optional<DevicePlace> before{};  ///< In front of it.
    bool is_backward = false;             ///< The last `first` of them, in the same order.
};
struct DevicePage {
    std::vector<Device> devices{};
    std::vector<DevicePlace> places{};  ///< One for each device.
    bool has_next = false;
    bool has_previous = false;
};

Task<Result<DevicePage>> devices(Pool& pool, Tenant tenant, DeviceQuery query);
/// How many `query` matches on all pages.
Task<Result<std::int64_t>> count_devices(Pool& pool, Tenant tenant, DeviceQuery query);
/// How many devices each of these routers has seen, in their order.
Task<Result<std::vector<std::int64_t>>> device_counts(Pool& pool, Tenant tenant, std::vector<std::string> routers);

/// Those of these devices that are here, in no order.
Task<Result<std::vector<Device>>> devices_by_id(Pool& pool, Tenant tenant, std::vector<std::string> ids);

/// What a search is looked for as: in lower case text with MACs as 02:00:… and 0200…; a MAC (or the beginning of one) in the
/// notations 02-00-… and 0200.0000.… also as those. One or two LIKE patterns; none for an empty search. Pure.
std::vector<std::string> search_patterns(std::string_view search);

}  // namespace vivi::db
