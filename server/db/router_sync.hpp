// How a router's sync stands, for viewers: gaps in pages, and what of its configuration is not in force.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct SyncGap {
    std::int64_t id = 0;
    std::string kind{};    ///< producer, dropped, lost
    std::string detail{};  ///< JSON text: what there is to say of that kind.
    WallTime at{};         ///< When the server heard of it.
};
struct SyncGapQuery {
    std::string router{};
    int first = 50;
    std::optional<std::int64_t> after{};  ///< Behind the gap with this id.
};
struct SyncGapPage {
    std::vector<SyncGap> rows{};
    bool has_next = false;
};
/// The newest first.
Task<Result<SyncGapPage>> sync_gaps(Pool& pool, Tenant tenant, SyncGapQuery query);

struct RouterSync {
    std::string unenforced{"[]"};  ///< JSON text: [{"part","reason"}]
    std::int64_t unenforced_revision = 0;
    std::string trial{};  ///< pending, kept, confirmed, reverted; empty: there never was one.
    std::int64_t trial_revision = 0;
    std::int64_t reverted_revision = 0;
    std::optional<WallTime> reverted_at{};
    std::string reverted_reason{};
    std::optional<WallTime> snapshot_at{};
};
/// By router; one of which nothing is known is absent.
Task<Result<std::map<std::string, RouterSync>>> router_syncs(Pool& pool, Tenant tenant, std::vector<std::string> routers);

}  // namespace vivi::db
