// New passwords: links that were mailed for one, and what a change ends. For the role vivi_auth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct NewReset {
    std::string email{};       ///< Lower case.
    std::string token_hash{};  ///< Hexadecimal SHA-256 of the link's token.
    Seconds lifetime{};
    std::string address{};
};
/// Keeps the link; those before it are over. The language of the account ("en", "fr"); nothing, and nothing is kept: nobody has
/// that e-mail. The same statements either way.
Task<Result<std::optional<std::string>>> begin_reset(Pool& pool, NewReset reset);

/// Whose link it is.
struct ResetOwner {
    std::string user{};
    std::string email{};
    std::string name{};
    std::string language{};  ///< "en", "fr"
};
/// NotFound: no such link, used, or over.
Task<Result<ResetOwner>> find_reset(Pool& pool, std::string token_hash);

struct NewPassword {
    std::string user{};
    std::string password_hash{};  ///< PHC string
    std::string address{};
};
/// Uses the link: the password is replaced, every session of the account ends, its e-mail counts as proven. NotFound: somebody
/// else was first.
Task<Status> finish_reset(Pool& pool, std::string token_hash, NewPassword password);
/// Replaces the password and ends every other session than that of `kept_hash`, and every link that was mailed for a reset.
Task<Status> change_password(Pool& pool, NewPassword password, std::string kept_hash);

}  // namespace vivi::db
