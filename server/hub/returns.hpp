// Routers that were returned: made to forget, and their receipts filed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/ssh/session.hpp"
#include "server/db/pool.hpp"

namespace vivi::hub {

/// Until the router behind `session` (its key has the fingerprint `print`) has forgotten every custody that ended, and no receipt
/// waits there. At once for most. The session must be running. A router that does not answer holds it up only when there is
/// something to forget: nothing of the next customer goes down before.
Task<> settle_returns(ssh::Session& session, db::Pool& pool, std::string print, std::string router);

/// The router says it is in another custody than its key is: that one is to be forgotten.
Task<> demand_return(ssh::Session& session, std::string custody);

}  // namespace vivi::hub
