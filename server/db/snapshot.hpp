// How everything is at a router, as it said when it was asked: what a lost event would have told is put right.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"
#include "server/db/routers.hpp"

namespace vivi::db {

/// The most that all parts together may have, in bytes.
inline constexpr std::size_t most_snapshot_bytes = 8 << 20;

/// `parts` are JSON objects; their `leases` together are all leases that run: each is kept as if it had just been granted, and
/// what runs here and is not among them has ended. The result is the router's revision after it. Invalid: a part cannot be read;
/// nothing was changed, and it is not asked for again. Conflict, Denied: as ingest().
Task<Result<std::int64_t>> store_snapshot(Pool& pool, Link link, std::vector<std::string> parts, WallTime now);

}  // namespace vivi::db
