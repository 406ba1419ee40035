// What the server has of a router's epochs: what is durable, what it lost, and whether it must ask how everything is.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "server/db/pool.hpp"
#include "server/db/routers.hpp"

namespace vivi::db {

/// What is committed of each epoch (32 hexadecimal digits); one of which nothing is known is absent.
Task<Result<std::map<std::string, std::uint64_t>>> durable_sequences(Pool& pool, std::string router,
                                                                     std::vector<std::string> epochs);

/// A range the server had acknowledged and has not any more.
struct LostRange {
    std::string epoch{};
    std::uint64_t first = 0, last = 0;
};

/// The part of a hello that says what the router holds.
struct HeardEpochs {
    std::string boot_id{};
    std::string epoch{};  ///< Under which it writes now.
    std::vector<LostRange> lost{};
};

/// Keeps each lost range as a gap, once: the epoch's cursor stands behind it from then on. A boot id that comes back after
/// another one raises the alarm `router.cloned`. The result: whether the router must be asked for a snapshot, because its epoch
/// is new, or something was lost, or the last question was never answered. Conflict, Denied: as ingest().
Task<Result<bool>> note_epochs(Pool& pool, Link link, HeardEpochs heard);

}  // namespace vivi::db
