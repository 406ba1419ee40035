// What rules refused lately, by name: whom to let something through for. No device is told.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct BlockedName {
    std::string name{};        ///< Empty: an address.
    std::string address{};     ///< Empty: a name.
    std::int64_t devices = 0;  ///< Known ones.
    std::int64_t hits = 0;
    WallTime last_at{};           ///< Start of a 5-minute bucket.
    std::string layer{}, rule{};  ///< That refused it most often.
    std::int64_t rules = 0;       ///< How many did.
};
struct BlockedQuery {
    std::vector<std::string> routers{};  ///< uuids
    int minutes = 15;
    int first = 20;
};
/// Those most devices asked for first. Leaves out what was refused because of the device (banned, not admitted): letting a name
/// through changes nothing there.
Task<Result<std::vector<BlockedName>>> blocked_names(Pool& pool, Tenant tenant, BlockedQuery query);

}  // namespace vivi::db
