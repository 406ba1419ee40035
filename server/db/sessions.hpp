// The sessions of a person: where they are signed in, and when they last proved who they are. For the role vivi_auth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct SessionRow {
    std::string id{};  ///< uuid
    std::string address{};
    std::string user_agent{};
    WallTime created_at{};
    WallTime last_seen_at{};  ///< Exact to a minute.
    WallTime expires_at{};
    bool is_current = false;  ///< The one that asks.
};
/// The live ones, the last used first; at most 100. `token_hash` is of the session that asks.
Task<Result<std::vector<SessionRow>>> sessions(Pool& pool, std::string user, std::string token_hash);

/// Who ends it, from where.
struct SessionEnd {
    std::string user{};
    std::string address{};
};
/// Ends one session of that user. NotFound: it is not there, or somebody else's.
Task<Status> end_session(Pool& pool, SessionEnd by, std::string session);
/// Ends all of them but that of `token_hash`; how many.
Task<Result<int>> end_other_sessions(Pool& pool, SessionEnd by, std::string token_hash);

/// The holder of the session gave a password or a code just now. NotFound: no such session.
Task<Status> step_up(Pool& pool, SessionEnd by, std::string token_hash);
/// Did the holder do so within `lately`? False for a session that is not there.
Task<Result<bool>> is_stepped_up(Pool& pool, std::string token_hash, Seconds lately);

}  // namespace vivi::db
