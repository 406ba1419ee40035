// Who may sign in, and the sessions of those who did. For the role vivi_auth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

enum class Role : std::uint8_t { Owner, Organiser, Operator, Viewer };
/// What somebody of Vivi's own staff may do in GodView.
enum class StaffRole : std::uint8_t { None, Support, Operator, Release, Admin };

/// The word in the database.
std::string_view to_text(Role role) noexcept;
Role to_role(std::string_view text) noexcept;

struct Membership {
    std::string organisation{};  ///< uuid
    std::string organisation_name{};
    std::string event{};  ///< uuid; empty: of the whole organisation.
    Role role = Role::Viewer;
};
/// A person with what they may see.
struct Account {
    std::string user{};  ///< uuid
    std::string email{};
    std::string name{};
    bool is_verified = false;    ///< The mailbox was shown to be theirs.
    std::string language{"en"};  ///< Of letters: "en", "fr".
    StaffRole staff_role = StaffRole::None;
    std::vector<Membership> memberships{};  ///< Those that have not ended, by name of the organisation.
    bool is_token = false;                  ///< An API token acts for the person (tokens.hpp): memberships are cut to its scope.
    bool is_new_browser = false;            ///< As create_session() gives it: they never signed in with such a browser before.
};

struct Credentials {
    std::string user{};
    std::string password_hash{};  ///< PHC string
};
/// NotFound: nobody has that (lower-case) e-mail.
Task<Result<Credentials>> find_credentials(Pool& pool, std::string email);
Task<Status> replace_password_hash(Pool& pool, std::string user, std::string password_hash);

struct NewSession {
    std::string user{};
    std::string token_hash{};  ///< Hexadecimal SHA-256; the token itself is stored nowhere.
    Seconds lifetime{};
    std::string address{};
    std::string user_agent{};
};
/// Also writes the audit row and forgets the user's expired sessions.
Task<Result<Account>> create_session(Pool& pool, NewSession session);
/// The account of a live session; NotFound otherwise. Sessions of the staff also end after 30 minutes without use and after 8
/// hours (ASVS 7.3.1, 7.3.2).
Task<Result<Account>> find_session(Pool& pool, std::string token_hash);
/// Ends it; nothing happens when it is not there.
Task<Status> delete_session(Pool& pool, std::string token_hash, std::string address);
/// A refused login, for the audit log; `user` is empty when the e-mail is unknown.
Task<Status> record_refused_login(Pool& pool, std::string user, std::string reason, std::string address);

}  // namespace vivi::db
