// What a person may do, and where: the words of the schema's @access, decided in one place. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/db/accounts.hpp"

namespace vivi::auth {

/// The enum Right of schema.graphql, one to one.
enum class Right : std::uint8_t {
    Anyone,    ///< Nobody need be signed in.
    SignedIn,  ///< What is the caller's own.
    Show,      ///< Aggregates that a big screen may show: holders of a show link, and every member.
    See,       ///< Viewers and above.
    Operate,   ///< Operators and above: ban and unban, let a name through.
    Manage,    ///< Organisers and above: policies, events, routers, profiles.
    Personal,  ///< Organisers and above: which device asked for which name. Reading it is audited.
    Own,       ///< Owners: members, tokens, return of a router, erasure.
    Support,   ///< Staff of any role: see every router and user.
    Fleet,     ///< Staff, operator and admin: commands to any router.
    Release,   ///< Staff, release and admin: roll-outs.
    Admin,     ///< Staff, admin: staff roles, revoking keys.
};

/// A part of the world that rights are held in: an organisation, or one event of it.
struct Place {
    std::string organisation{};  ///< uuid
    std::string event{};         ///< uuid; empty: all of the organisation, whatever its event.
    bool operator==(const Place&) const = default;
};

/// Does the account hold `right` at `place`? A membership of the whole organisation counts at each of its events; one of an event
/// nowhere else. Rights that have no place (Anyone, SignedIn, those of the staff) are the same everywhere.
bool may(const db::Account& account, Right right, const Place& place) noexcept;
/// Does it hold `right` anywhere? What a field without a place asks.
bool may_somewhere(const db::Account& account, Right right) noexcept;
/// Where it holds `right`, each place once, a whole organisation before its events (which are then left out).
std::vector<Place> places(const db::Account& account, Right right);

}  // namespace vivi::auth
