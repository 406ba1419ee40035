// What is kept for a while only: which device asked for which name, hits, alarms that are over.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/db/pool.hpp"

namespace vivi::db {

/// Removes what has outlived its time (migrations/0002_policy.sql says how long), in portions of at most `most` rows of a table,
/// until nothing is left or another hub does it. How many portions it took. As vivi_hub.
Task<Result<int>> forget_outlived(Pool& pool, int most = 20'000);

}  // namespace vivi::db
