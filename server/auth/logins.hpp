// Signing in, staying signed in, signing out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/auth/passwords.hpp"
#include "server/auth/second_factors.hpp"
#include "server/auth/throttle.hpp"
#include "server/db/accounts.hpp"
#include "server/db/sessions.hpp"

namespace vivi::auth {

inline constexpr Seconds session_lifetime{12 * 3600};  ///< Absolute: activity does not prolong it. Staff: db::find_session.
inline constexpr Seconds step_up_lifetime{5 * 60};     ///< For so long a password or a code counts for dangerous operations.

/// Lower case, at most 254 bytes (RFC 5321 section 4.5.3.1.3), without what cannot be printed: as accounts are kept.
std::string normalised_email(std::string_view email);

struct LoginAttempt {
    std::string email{};
    std::string password{};
    std::string address{};
    std::string user_agent{};
};
struct SignedIn {
    std::string token{};  ///< For the cookie, and nowhere else. Empty: a code is still to come.
    db::Account account{};
    std::string challenge{};  ///< For finish(), when the account has a second factor.
};

inline constexpr Seconds challenge_lifetime{5 * 60};
inline constexpr int most_codes_per_challenge = 5;

class Logins {
public:
    /// All outlive it; `pool` connects as vivi_auth.
    /// Without a key in `sealing` nobody can set up a second factor.
    Logins(db::Pool& pool, Passwords& passwords, store::Store& store, Sealing sealing = {})
        : pool_{pool},
          passwords_{passwords},
          throttle_{store},
          step_up_throttle_{store, "stepup"},
          second_factors_{pool, store, std::move(sealing)} {}
    SecondFactors& second_factors() noexcept { return second_factors_; }

    /// Denied: e-mail or password are wrong, and which of them is not said, not even by the time it takes. Overflow: too many
    /// attempts for this account or address in a minute, or the server is busy with other logins. Each call counts once.
    Task<Result<SignedIn>> login(LoginAttempt attempt);
    /// The second step, for an account with a second factor: a code of the authenticator, or a recovery code. NotFound: no such
    /// challenge, it is over, or 5 codes were tried. Denied: wrong code. Overflow: as login().
    Task<Result<SignedIn>> finish(std::string challenge, std::string code, std::string address, std::string user_agent);
    /// For a user who is known to be themselves.
    Task<Result<SignedIn>> start_session(std::string user, std::string address, std::string user_agent);
    /// The account of a live session; NotFound otherwise.
    Task<Result<db::Account>> find(std::string token);
    Task<Status> logout(std::string token, std::string address);

    /// Who asks, and from where.
    struct Holder {
        std::string token{};  ///< Of the session.
        std::string user{};
        std::string email{};
        std::string address{};
    };
    /// The holder of a session proves again who they are. Denied, Overflow: as login().
    Task<Status> step_up(Holder holder, std::string password);
    Task<Status> step_up_by_code(Holder holder, std::string code);
    /// Did they within step_up_lifetime? Signing in counts.
    Task<Result<bool>> is_stepped_up(std::string token);

    Task<Result<std::vector<db::SessionRow>>> sessions(std::string user, std::string token);
    /// NotFound: no such session of theirs.
    Task<Status> end_session(Holder holder, std::string session);
    /// All but the one that asks; how many.
    Task<Result<int>> end_other_sessions(Holder holder);

private:
    Task<Result<SignedIn>> challenge(std::string user);
    /// Denied: it is not the account's password.
    Task<Status> check_password(std::string email, std::string password);

    db::Pool& pool_;
    Passwords& passwords_;
    Throttle throttle_, step_up_throttle_;
    SecondFactors second_factors_;
};

}  // namespace vivi::auth
