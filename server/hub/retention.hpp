// The hub removes what is kept for a while only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/db/pool.hpp"

namespace vivi::hub {

/// At once and every 10 minutes; never ends by itself. While PostgreSQL is away, the next turn does it.
Task<> keep_for_a_while(db::Pool& pool);

}  // namespace vivi::hub
