// Leases as viewers see them: which device had which address when, the newest first, in pages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

enum class LeaseState : std::uint8_t { Granted, Released, Expired, Declined };

struct LeaseRow {
    std::int64_t id = 0;
    std::string mac{};
    std::string address{};
    std::string network{};
    std::string hostname{};
    LeaseState state = LeaseState::Granted;  ///< Expired also when its time is over and nobody has said so.
    WallTime granted_at{}, expires_at{};
    std::optional<WallTime> ended_at{};
};

/// From the first to the last address, or MAC, that a search means.
struct LeaseSearch {
    bool is_address = false;
    std::string from{}, to{};
    bool operator==(const LeaseSearch&) const = default;
};
/// "10.66.0.7", "10.66." (and "10.66"), "10.66.0.0/16"; a MAC or its beginning with colons, dashes, dots or nothing between. Up
/// to three digits alone are an address's beginning. Nothing when it is neither. Pure.
std::optional<LeaseSearch> lease_search(std::string_view text);

struct LeasePlace {
    WallTime granted_at{};
    std::int64_t id = 0;
};
struct LeaseQuery {
    std::string router{};
    int first = 100;  ///< How many, in either direction.
    std::optional<std::string> mac{};
    std::optional<LeaseSearch> search{};
    std::optional<bool> is_active{};
    std::optional<LeasePlace> after{}, before{};
    bool is_backward = false;
};
struct LeasePage {
    std::vector<LeaseRow> rows{};
    bool has_next = false, has_previous = false;
};
Task<Result<LeasePage>> leases(Pool& pool, Tenant tenant, LeaseQuery query);
Task<Result<std::int64_t>> count_leases(Pool& pool, Tenant tenant, LeaseQuery query);

}  // namespace vivi::db
