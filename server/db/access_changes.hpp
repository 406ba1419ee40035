// Whose access ended or changed: as triggers wrote it down (migration 0004), or because its time ran out. For the role vivi_auth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/db/pool.hpp"

namespace vivi::db {

struct AccessChange {
    std::int64_t id = 0;
    std::string subject{};  ///< uuid of a user, a show link or a router.
};
struct AccessChanges {
    /// Some may have been there at the last look already: transactions become visible in another order than they began.
    std::vector<AccessChange> changes{};
    std::string position{};  ///< For the next look.
};
/// Every change that became visible since `position`; empty: those of the last 10 s.
Task<Result<AccessChanges>> access_changes(Pool& pool, std::string position);

}  // namespace vivi::db
