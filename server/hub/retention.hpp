// What the hub does by the clock: it removes what is kept for a while only, and notices routers that are not heard any more.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/db/pool.hpp"

namespace vivi::hub {

/// At once and every 10 minutes; never ends by itself. While PostgreSQL is away, the next turn does it.
Task<> keep_for_a_while(db::Pool& pool);

/// Every minute: routers that were not heard for 5 minutes are alarms (router.offline) until they are. Never ends by itself.
Task<> watch_routers(db::Pool& pool);

}  // namespace vivi::hub
