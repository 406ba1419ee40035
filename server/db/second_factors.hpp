// Second factors, recovery codes, and logins that wait for one. For the role vivi_auth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/db/sessions.hpp"

namespace vivi::db {

struct SecondFactor {
    std::string sealed_secret{};  ///< Hexadecimal.
    bool is_on = false;           ///< Confirmed: signing in asks for it.
    std::int64_t last_step = 0;
    int recovery_codes = 0;  ///< Those that are left.
};
/// NotFound: there is none, not even one being set up.
Task<Result<SecondFactor>> second_factor(Pool& pool, std::string user);
/// Begins anew. Conflict: one is on already.
Task<Status> begin_second_factor(Pool& pool, std::string user, std::string sealed_secret);
/// It is on from now, `step` is used, and these recovery codes replace all others. Conflict: it is on already.
Task<Status> confirm_second_factor(Pool& pool, SessionEnd by, std::int64_t step, std::vector<std::string> code_hashes);
/// Uses up a step; false when it, or a later one, was used before.
Task<Result<bool>> use_step(Pool& pool, std::string user, std::int64_t step);
/// Uses up a recovery code; false when it is not one of theirs, or was used.
Task<Result<bool>> use_recovery_code(Pool& pool, SessionEnd by, std::string code_hash);
Task<Status> replace_recovery_codes(Pool& pool, SessionEnd by, std::vector<std::string> code_hashes);
/// Gone with its recovery codes.
Task<Status> remove_second_factor(Pool& pool, SessionEnd by);

/// A login whose password was right; forgets those that are over.
Task<Status> create_challenge(Pool& pool, std::string user, std::string token_hash, Seconds lifetime);
/// Counts an attempt and gives the user. NotFound: no such challenge, over, or tried `most` times already.
Task<Result<std::string>> try_challenge(Pool& pool, std::string token_hash, int most);
/// It was met.
Task<Status> end_challenge(Pool& pool, std::string token_hash);

}  // namespace vivi::db
