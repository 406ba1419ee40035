// What the hub does by the clock: it adds up traffic, removes what is kept for a while only, and notices silent routers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/db/pool.hpp"

namespace vivi::hub {

/// At once and every 10 minutes; never ends by itself. While PostgreSQL is away, the next turn does it.
Task<> keep_for_a_while(db::Pool& pool);
/// At once and every minute, likewise: the partitions of the next day, and the roll-ups of what changed and has ended.
Task<> roll_up_traffic(db::Pool& pool);

/// Every minute: routers that were not heard for 5 minutes are alarms (router.offline) until they are. Never ends by itself.
Task<> watch_routers(db::Pool& pool);

}  // namespace vivi::hub
