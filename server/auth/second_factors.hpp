// The second factor of an account: setting it up, asking for it, and the codes for the day the phone is lost.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "server/auth/sealing.hpp"
#include "server/auth/throttle.hpp"
#include "server/db/accounts.hpp"
#include "server/db/second_factors.hpp"

namespace vivi::auth {

inline constexpr std::size_t recovery_codes = 10;

/// Whose second factor, and who asks from where.
struct FactorOf {
    std::string user{};
    std::string email{};
    std::string address{};
};
/// What an authenticator needs.
struct Enrolment {
    std::string secret{};  ///< Base32, for typing.
    std::string uri{};     ///< otpauth://…, for a QR code.
};

class SecondFactors {
public:
    /// Both outlive it; `pool` connects as vivi_auth.
    SecondFactors(db::Pool& pool, store::Store& store, Sealing sealing)
        : pool_{pool}, throttle_{store, "code"}, sealing_{std::move(sealing)} {}

    /// Is a code asked for when they sign in?
    Task<Result<bool>> is_on(std::string user);
    /// How many recovery codes are left; NotFound: it is not on.
    Task<Result<int>> codes_left(std::string user);

    /// A new secret, which counts once a code of it was given. Conflict: one is on. Unavailable: this server has no key to keep
    /// secrets with.
    Task<Result<Enrolment>> begin(FactorOf of);
    /// On from now; the recovery codes, which are shown this once. Denied: wrong code. NotFound: nothing was begun. Conflict: it
    /// is on. Overflow: too many attempts in a minute.
    Task<Result<std::vector<std::string>>> confirm(FactorOf of, std::string code);
    /// A code of the authenticator, or a recovery code; each is good once. Denied: it is neither. Overflow: as confirm().
    Task<Status> check(FactorOf of, std::string code);
    Task<Result<std::vector<std::string>>> renew_codes(FactorOf of);
    Task<Status> disable(FactorOf of);

private:
    Task<Result<bool>> is_right(FactorOf of, std::string code);

    db::Pool& pool_;
    Throttle throttle_;
    Sealing sealing_;
};

}  // namespace vivi::auth
