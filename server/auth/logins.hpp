// Signing in, staying signed in, signing out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/auth/passwords.hpp"
#include "server/auth/throttle.hpp"
#include "server/db/accounts.hpp"

namespace vivi::auth {

inline constexpr Seconds session_lifetime{12 * 3600};  ///< Absolute: activity does not prolong it.

struct LoginAttempt {
    std::string email{};
    std::string password{};
    std::string address{};
    std::string user_agent{};
};
struct SignedIn {
    std::string token{};  ///< For the cookie, and nowhere else.
    db::Account account{};
};

class Logins {
public:
    /// All outlive it; `pool` connects as vivi_auth.
    Logins(db::Pool& pool, Passwords& passwords, store::Store& store) : pool_{pool}, passwords_{passwords}, throttle_{store} {}

    /// Denied: e-mail or password are wrong, and which of them is not said, not even by the time it takes. Overflow: too many
    /// attempts for this account or address in a minute, or the server is busy with other logins. Each call counts once.
    Task<Result<SignedIn>> login(LoginAttempt attempt);
    /// The account of a live session; NotFound otherwise.
    Task<Result<db::Account>> find(std::string token);
    Task<Status> logout(std::string token, std::string address);

private:
    db::Pool& pool_;
    Passwords& passwords_;
    Throttle throttle_;
};

}  // namespace vivi::auth
