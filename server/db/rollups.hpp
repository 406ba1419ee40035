// Roll-ups of traffic: 10 seconds to 5 minutes to 1 hour, of the buckets that changed. As vivi_hub.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

/// A bucket that changed since it was rolled up.
struct DirtyBucket {
    std::string organisation{};
    std::string router{};
    int level = 5;  ///< Minutes of the roll-up to make: 5 or 60.
    WallTime at{};
    bool operator==(const DirtyBucket&) const = default;
};

/// Those that have ended (half a minute ago, so that a batch on its way is in), the finer level and the older ones first.
Task<Result<std::vector<DirtyBucket>>> dirty_buckets(Pool& pool, int most);

/// Makes one bucket from the finer level and takes its mark away, in one transaction. False: somebody else did it, or is at it.
Task<Result<bool>> roll_up(Pool& pool, DirtyBucket bucket);

/// Makes all that have ended; how many. Killed in the middle it loses nothing, and twice it changes nothing.
Task<Result<int>> roll_up_ended(Pool& pool);

/// The partitions of the coming 25 hours, so that no batch waits for one to be made.
Task<Status> make_partitions_ahead(Pool& pool);

}  // namespace vivi::db
