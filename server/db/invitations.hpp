// Who was invited to what, and how it ended. Making and ending for the role vivi_api, accepting for vivi_auth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/db/accounts.hpp"

namespace vivi::db {

enum class InvitationState : std::uint8_t {
    Open,
    Accepted,
    Revoked,  ///< By a person, or because its inviter may no longer give that role.
    Expired,
};
struct Invitation {
    std::string id{};     ///< uuid
    std::string event{};  ///< uuid; empty: to the whole organisation.
    std::string email{};
    Role role = Role::Viewer;
    InvitationState state = InvitationState::Open;
    std::string inviter_name{};
    WallTime created_at{}, expires_at{};
    std::optional<WallTime> membership_expires_at{};
    std::int64_t created_us = 0;  ///< Its place in the list.
    std::string organisation_name{}, event_name{};
};

/// Who acts.
struct Inviter {
    std::string user{};
    std::string name{};
    std::string address{};
};
/// What is stored of the two links: hexadecimal SHA-256 of their tokens.
struct InvitationHashes {
    std::string link{}, mail{};
};
struct NewInvitation {
    Inviter by{};
    InvitationHashes hashes{};
    std::string event{};  ///< uuid or empty
    std::string email{};  ///< Lower case.
    Role role = Role::Viewer;
    std::optional<WallTime> membership_expires_at{};
    Seconds lifetime{};
};
/// Denied: the inviter may not give that role there. NotFound: no such event, or it is over. Overflow: 200 are open already.
Task<Result<Invitation>> create_invitation(Pool& pool, Tenant tenant, NewInvitation invitation);

struct InvitationQuery {
    int first = 0;
    std::string event{};  ///< Only of this one; empty: of all.
    std::optional<std::int64_t> before_us{};
    std::string before_id{};
};
/// The newest first; one more than `first` says that there are more.
Task<Result<std::vector<Invitation>>> invitations(Pool& pool, Tenant tenant, InvitationQuery query);
Task<Result<Invitation>> invitation(Pool& pool, Tenant tenant, std::string id);

/// NotFound: not there, or no longer open. Denied: it gives a role that the person may not give.
Task<Result<Invitation>> revoke_invitation(Pool& pool, Tenant tenant, Inviter by, std::string id);
/// New links in place of the old ones, and time from now on; also of an expired one. NotFound, Denied: as revoke_invitation().
Task<Result<Invitation>> renew_invitation(Pool& pool, Tenant tenant, Inviter by, std::string id, InvitationHashes hashes,
                                          Seconds lifetime);

/// An invitation as its guest sees it.
struct FoundInvitation {
    Invitation invitation{};
    bool is_mailed = false;    ///< Found by the link that was only mailed: the mailbox is the guest's.
    bool has_account = false;  ///< Somebody has that e-mail.
};
/// For vivi_auth. NotFound: no such token, used, revoked, expired, or its inviter may no longer give that role.
Task<Result<FoundInvitation>> find_invitation(Pool& pool, std::string token_hash);
/// For vivi_auth: another mailed link in place of the old one.
Task<Status> replace_mailed_link(Pool& pool, std::string id, std::string mail_hash);

struct Acceptance {
    std::string token_hash{};
    std::string user{};  ///< Who is signed in; empty: make an account.
    std::string name{};
    std::string password_hash{};
    std::string address{};
};
/// For vivi_auth; all or nothing: the account, its membership (a role that was there is never lowered) and the end of the invitation. Gives
/// the user. NotFound: as find_invitation(). Denied: the account has another e-mail. Conflict: the e-mail has an account already.
Task<Result<std::string>> accept_invitation(Pool& pool, Acceptance acceptance);

}  // namespace vivi::db
