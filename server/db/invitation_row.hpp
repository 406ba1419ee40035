// How a row of invitations is selected and read; only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/db/invitations.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {

/// "select … from invitations i …", up to but without "where". Further columns may be named in `more` (", x").
std::string invitation_query(std::string_view more = {});
Invitation to_invitation(const pqxx::row& row);
/// The columns before those of `more`.
inline constexpr int invitation_columns = 12;

/// Of `invitations i`: neither used nor ended, and its inviter still may give it.
inline constexpr std::string_view invitation_is_open =
    "i.accepted_at is null and i.revoked_at is null and i.expires_at > now()"
    " and may_invite(i.invited_by, i.organisation_id, i.event_id, i.role)";

}  // namespace vivi::db
