// New passwords: for who forgot theirs, by a link that is mailed, and for who knows it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/auth/logins.hpp"
#include "server/db/passwords.hpp"

namespace vivi::auth {

inline constexpr Seconds reset_lifetime{3600};

class NewPasswords {
public:
    /// All outlive it; `pool` connects as vivi_auth.
    NewPasswords(db::Pool& pool, Passwords& passwords, Logins& logins, store::Store& store)
        : pool_{pool}, passwords_{passwords}, logins_{logins}, throttle_{store, "reset"} {}

    /// A mailed link: to whom, and its token.
    struct Mailing {
        std::string email{};
        std::string token{};
        std::string language{};  ///< "en", "fr"
    };
    /// Nothing: nobody has that e-mail, which the caller must not be able to tell. Overflow: too many tries of that mailbox or
    /// address in a minute.
    Task<Result<std::optional<Mailing>>> begin_reset(std::string email, std::string address);
    /// The account, whose sessions have ended. NotFound: no such link, or it is over. Invalid, with the sentence:
    /// the password will not do, and the link stays good. Overflow: too many tries.
    Task<Result<db::ResetOwner>> finish_reset(std::string token, std::string password, std::string address);
    /// Denied: the current password is wrong. Invalid, Overflow: as above. Ends the other sessions.
    Task<Status> change(Logins::Holder holder, std::string name, std::string current, std::string password);

private:
    db::Pool& pool_;
    Passwords& passwords_;
    Logins& logins_;
    Throttle throttle_;
};

}  // namespace vivi::auth
