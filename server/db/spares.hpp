// A spare router in the place of a broken one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "server/db/events.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct Replaced {
    enum class Outcome : std::uint8_t {
        Replaced,
        Unknown,  ///< One of the two is not there, or they are the same.
        Busy,     ///< The spare is at an event, or guests have leases of it.
    };
    Outcome outcome = Outcome::Unknown;
    std::int64_t desired_revision = 0;
    std::int64_t revision = 0;
    std::int64_t leases = 0;  ///< How many it begins with.
};

/// The spare is `broken` from now on, by its row: name, events, history, the newest configuration as another revision, and the
/// leases of the guests. The machine that was broken is as one that was returned: it forgets when it comes back, and is nobody's.
/// Open commands of both are cancelled. Sessions of both end. One audit row.
Task<Result<Replaced>> replace_router(Pool& pool, Tenant tenant, std::string broken, std::string spare, Actor actor);

}  // namespace vivi::db
