// How an account begins, and how its owner gets back to it: invitations, proofs of a mailbox, new passwords.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/auth/cookie.hpp"
#include "server/auth/logins.hpp"
#include "server/db/invitations.hpp"
#include "server/db/own_account.hpp"
#include "server/db/push_subscriptions.hpp"

namespace vivi::auth {

inline constexpr Seconds invitation_lifetime{7 * 24 * 3600};
inline constexpr Seconds proof_lifetime{24 * 3600};

/// 1 to 100 bytes, none of them a control character.
bool is_person_name(std::string_view name);

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
        : pool_{pool},
          passwords_{passwords},
          logins_{logins},
          invitation_throttle_{store, "invitation"},
          proof_throttle_{store, "proof"} {}

    /// NotFound: no such invitation, or it is over. Overflow: too many attempts of that address in a minute.
    Task<Result<db::FoundInvitation>> find_invitation(std::string token, std::string address);
    Task<Result<Accepted>> accept(Accepting accepting);

    /// A mailed link: to whom, and its token.
    struct Mailing {
        std::string email{};
        std::string token{};
    };
    /// For the mailbox that the account has. Overflow: too many tries in a minute.
    Task<Result<Mailing>> begin_verification(Logins::Holder holder);
    /// For another mailbox, which becomes the account's once the link is used. Nothing: somebody has that e-mail, which the
    /// caller must not be able to tell. Invalid, with the sentence: it is theirs already. Overflow: as above.
    Task<Result<std::optional<Mailing>>> begin_email_change(Logins::Holder holder, std::string email);
    /// With the token of either link. NotFound: no such link, or it is over. Conflict: somebody else has that e-mail by now.
    Task<Result<db::Proven>> finish_proof(std::string token, std::string address);
    /// Name and language ("en", "fr"); what is absent stays. Invalid: the name will not do.
    Task<Result<db::Account>> update(Logins::Holder holder, std::optional<std::string> name, std::optional<std::string> language);

    /// Browsers that take push messages for the person.
    Task<Result<std::vector<db::PushSubscription>>> push_subscriptions(Logins::Holder holder);
    /// What PushManager.subscribe() gave the browser; the keys in base64url.
    struct Browser {
        std::string endpoint{}, p256dh{}, auth{}, user_agent{};
    };
    /// Invalid, with the sentence.
    Task<Result<db::PushSubscription>> subscribe(Logins::Holder holder, Browser browser);
    /// By id (uuid) or, without one, by endpoint. NotFound: no such subscription of theirs.
    Task<Result<db::PushSubscription>> unsubscribe(Logins::Holder holder, std::string id, std::string endpoint);

private:
    Task<Result<Accepted>> accept_as(Accepting accepting, db::FoundInvitation found);
    Task<Result<Accepted>> register_guest(Accepting accepting, db::FoundInvitation found);
    Task<Result<Accepted>> ask_for_proof(db::FoundInvitation found, std::string address);

    db::Pool& pool_;
    Passwords& passwords_;
    Logins& logins_;
    Throttle invitation_throttle_, proof_throttle_;
};

}  // namespace vivi::auth
