// What is kept for a while only, and for how long: which device asked for which name, roll-ups, leases, alarms that are over.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/db/pool.hpp"

namespace vivi::db {

/// Removes what has outlived its time (migrations/0002_policy.sql says how long), in portions of at most `most` rows of a table,
/// until nothing is left or another hub does it. How many portions it took. As vivi_hub.
Task<Result<int>> forget_outlived(Pool& pool, int most = 20'000);

/// How long an organisation keeps what. The bounds are those of the table.
struct Retention {
    int names_hours = 24;       ///< 1 to 24: which device visits which domain.
    int five_minutes_days = 7;  ///< 3 to 30: sums of 5 minutes, of devices too.
    int hours_days = 400;       ///< 30 to 1100: sums of an hour, of no device.
    int leases_days = 30;       ///< 1 to 400, after their end.
    int devices_days = 90;      ///< 7 to 400, after they were last seen.
    bool operator==(const Retention&) const = default;
};
Task<Result<Retention>> retention(Pool& pool, Tenant tenant);
/// With its audit row. Invalid: something is out of its bounds.
Task<Status> set_retention(Pool& pool, Tenant tenant, Retention retention, std::string user, std::string address);

/// Drops the partitions that everybody has outlived; how many. As vivi_hub.
Task<Result<int>> drop_outlived_partitions(Pool& pool);
/// Removes what organisations have outlived, each by its own settings, in portions of at most `most` rows; merges names and
/// categories of fewer than five devices once they are a day old; destroys keys of pseudonyms. How many rows. As vivi_hub, after
/// roll_up_ended().
Task<Result<std::int64_t>> forget_by_settings(Pool& pool, int most = 20'000);

}  // namespace vivi::db
