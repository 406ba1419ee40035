// What the repositories of accounts share: audit rows without an organisation, and when a session counts. Only for this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace vivi::db {

class Transaction;

/// What an inet column takes: the text when it is an address, nothing otherwise.
std::string address_or_nothing(const std::string& text);

/// `user` and `address` may be empty.
void audit_account(Transaction& transaction, const std::string& user, std::string_view action, const std::string& target,
                   const std::string& address);

/// Of `sessions s join users u`: neither past its end, nor, for staff, left alone for 30 minutes or 8 hours old.
inline constexpr std::string_view session_is_live =
    "s.expires_at > now() and (u.staff_role is null or (s.last_seen_at > now() - interval '30 minutes'"
    " and s.created_at > now() - interval '8 hours'))";

}  // namespace vivi::db
