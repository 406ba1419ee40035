// Who belongs to an organisation or one of its events, and in which role. For the role vivi_api.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/db/accounts.hpp"
#include "server/db/events.hpp"

namespace vivi::db {

struct Member {
    std::string id{};            ///< uuid of the membership
    std::string organisation{};  ///< uuid
    std::string event{};         ///< uuid; empty: the whole organisation.
    std::string user{};          ///< uuid
    std::string email{};
    std::string name{};
    Role role = Role::Viewer;
    std::int64_t created_us = 0;  ///< Microseconds since 1970: its place in the list.
    std::optional<WallTime> expires_at{};
    bool has_ended = false;  ///< Past expires_at.
};

struct MemberQuery {
    std::string event{};  ///< Only of this event; empty: all.
    std::optional<std::int64_t> after_us{};
    std::string after_id{};
    int first = 50;
};
struct MemberPage {
    std::vector<Member> rows{};
    bool has_next = false;
};
/// The oldest first.
Task<Result<MemberPage>> members(Pool& api, Tenant tenant, MemberQuery query);
/// NotFound: no such membership here.
Task<Result<Member>> member(Pool& api, Tenant tenant, std::string id);

struct MemberChange {
    std::string id{};
    std::optional<Role> role{};
    bool has_expiry = false;  ///< `expires_at` counts; absent then: never ends.
    std::optional<WallTime> expires_at{};
    Actor by{};
};
/// Each is refused with Denied when the member's role, or the new one, is above the role of `by` there (by what the database says
/// at that moment), with Conflict when the organisation would have no owner left, with NotFound when there is no such membership.
Task<Result<Member>> change_member(Pool& api, Tenant tenant, MemberChange change);
Task<Result<Member>> remove_member(Pool& api, Tenant tenant, std::string id, Actor by);
/// All of the caller's memberships here. Conflict: the last owner hands over first.
Task<Status> leave_organisation(Pool& api, Tenant tenant, Actor by);
/// The member of the whole organisation becomes an owner and `by`, who is one, an organiser. Denied: `by` is no owner.
Task<Result<Member>> hand_over(Pool& api, Tenant tenant, std::string id, Actor by);

}  // namespace vivi::db
