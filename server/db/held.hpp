// What PostgreSQL says of the routers that a hub holds: one look at all of them, whichever organisation they belong to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/db/pool.hpp"
#include "server/db/routers.hpp"

namespace vivi::db {

struct Held {
    std::string router{};
    std::int64_t session = 0;
    RouterState state = RouterState::Pending;
    std::int64_t desired_revision = 0;
    bool has_commands = false;  ///< That are not over.
};

/// Of these `routers` those whose row names `hub`. One that is not among them is held by another hub, or by none.
Task<Result<std::vector<Held>>> held_routers(Pool& pool, std::string hub, std::vector<std::string> routers);

}  // namespace vivi::db
