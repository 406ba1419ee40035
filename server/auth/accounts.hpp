// How an account begins, and how its owner gets back to it: invitations, proofs of a mailbox, new passwords.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/auth/cookie.hpp"
#include "server/auth/logins.hpp"
#include "server/db/invitations.hpp"

namespace vivi::auth {

inline constexpr Seconds invitation_lifetime{7 * 24 * 3600};

/// The token of a link, and what is stored of it.
struct Link {
    std::string token = new_token();
    std::string hash = hash_of(token);
};

struct Accepting {
    std::string token{};
    std::string name{}, password{};        ///< Of a new account.
    std::optional<db::Account> account{};  ///< Who is signed in.
    std::string address{}, user_agent{};
    bool can_mail = false;  ///< A mailed link can follow where one is needed.
};
struct Accepted {
    enum class Outcome : std::uint8_t {
        Joined,        ///< `signed_in` is set for a new account.
        NotThere,      ///< No such invitation, or it is over.
        OtherAccount,  ///< Somebody else is signed in.
        SignInFirst,   ///< That e-mail has an account.
        ProveFirst,    ///< The link that was shown proves nothing: send `proof` to the e-mail of `invitation`.
        BadName,
        BadPassword,  ///< For the reason in `problem`.
        TooMany,      ///< Attempts.
    };
    Outcome outcome = Outcome::NotThere;
    std::optional<SignedIn> signed_in{};
    db::Invitation invitation{};
    std::string proof{};  ///< The token of the link to mail.
    std::string problem{};
};

class Accounts {
public:
    /// All outlive it; `pool` connects as vivi_auth.
    Accounts(db::Pool& pool, Passwords& passwords, Logins& logins, store::Store& store)
        : pool_{pool}, passwords_{passwords}, logins_{logins}, invitation_throttle_{store, "invitation"} {}

    /// NotFound: no such invitation, or it is over. Overflow: too many attempts of that address in a minute.
    Task<Result<db::FoundInvitation>> find_invitation(std::string token, std::string address);
    Task<Result<Accepted>> accept(Accepting accepting);

private:
    Task<Result<Accepted>> accept_as(Accepting accepting, db::FoundInvitation found);
    Task<Result<Accepted>> register_guest(Accepting accepting, db::FoundInvitation found);
    Task<Result<Accepted>> ask_for_proof(db::FoundInvitation found, std::string address);

    db::Pool& pool_;
    Passwords& passwords_;
    Logins& logins_;
    Throttle invitation_throttle_;
};

}  // namespace vivi::auth
