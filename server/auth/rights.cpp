// The table of roles and rights.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/rights.hpp"

#include <algorithm>

namespace vivi::auth {
namespace {

bool is_of_place(Right right) noexcept { return right >= Right::Show && right <= Right::Own; }

bool gives(db::Role role, Right right) noexcept {
    switch (right) {
        case Right::Show:
        case Right::See: return true;
        case Right::Operate: return role != db::Role::Viewer;
        case Right::Manage:
        case Right::Personal: return role == db::Role::Owner || role == db::Role::Organiser;
        case Right::Own: return role == db::Role::Owner;
        default: return false;
    }
}

bool gives(db::StaffRole role, Right right) noexcept {
    switch (right) {
        case Right::Support: return role != db::StaffRole::None;
        case Right::Fleet: return role == db::StaffRole::Operator || role == db::StaffRole::Admin;
        case Right::Release: return role == db::StaffRole::Release || role == db::StaffRole::Admin;
        case Right::Admin: return role == db::StaffRole::Admin;
        default: return false;
    }
}

}  // namespace

bool may(const db::Account& account, Right right, const Place& place) noexcept {
    if (!is_of_place(right)) return may_somewhere(account, right);
    return std::ranges::any_of(account.memberships, [&](const db::Membership& membership) {
        return membership.organisation == place.organisation && (membership.event.empty() || membership.event == place.event) &&
               gives(membership.role, right);
    });
}

bool may_somewhere(const db::Account& account, Right right) noexcept {
    if (right == Right::Anyone || right == Right::SignedIn) return true;
    if (!is_of_place(right)) return gives(account.staff_role, right);
    return std::ranges::any_of(account.memberships,
                               [&](const db::Membership& membership) { return gives(membership.role, right); });
}

std::vector<Place> places(const db::Account& account, Right right) {
    std::vector<Place> found;
    for (const bool is_whole : {true, false}) {
        for (const auto& membership : account.memberships) {
            const Place whole{.organisation = membership.organisation, .event = {}};
            const Place place{.organisation = membership.organisation, .event = membership.event};
            if (membership.event.empty() != is_whole || !gives(membership.role, right)) continue;
            if (std::ranges::find(found, whole) == found.end() && std::ranges::find(found, place) == found.end())
                found.push_back(place);
        }
    }
    return found;
}

}  // namespace vivi::auth
