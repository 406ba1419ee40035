// What Vivi's own staff sees and decides in GodView. For the role vivi_staff, which can read nothing of what a router saw.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/db/accounts.hpp"
#include "server/db/events.hpp"
#include "server/db/routers.hpp"

namespace vivi::db {

struct StaffRouter {
    std::string id{};
    std::string name{};  ///< Empty while pending.
    std::string fingerprint{};
    RouterState state = RouterState::Pending;
    std::string organisation{};  ///< uuid; empty while pending.
    std::string organisation_name{};
    std::string software{};
    bool is_online = false;
    std::string hub{};  ///< Whose hub has its tunnel; empty: none.
    std::int64_t desired_revision = 0, applied_revision = 0;
    std::string apply_error{};
    std::optional<WallTime> last_seen_at{};
    std::int64_t created_us = 0;
};
struct StaffUser {
    std::string id{};
    std::string email{};
    std::string name{};
    StaffRole role = StaffRole::None;
    std::int64_t memberships = 0;
    std::optional<WallTime> last_seen_at{};
    std::int64_t created_us = 0;
};
struct StaffOrganisation {
    std::string id{};
    std::string name{};
    std::int64_t members = 0, routers = 0, routers_online = 0;
    std::int64_t created_us = 0;
};

template <class Row>
struct StaffPage {
    std::vector<Row> rows{};
    bool has_next = false;
};
struct StaffQuery {
    std::string search{};  ///< Part of a name, a fingerprint, an e-mail; empty: all.
    std::string state{};   ///< Of routers: pending, accepted, revoked, online, offline; empty: all.
    std::optional<std::int64_t> after_us{};
    std::string after_id{};
    int first = 50;
};
/// The newest first.
Task<Result<StaffPage<StaffRouter>>> staff_routers(Pool& staff, StaffQuery query);
Task<Result<StaffPage<StaffUser>>> staff_users(Pool& staff, StaffQuery query);
Task<Result<StaffPage<StaffOrganisation>>> staff_organisations(Pool& staff, StaffQuery query);

/// NotFound: no such user. Conflict: nobody would be left who may give roles.
Task<Result<StaffUser>> set_staff_role(Pool& staff, std::string user, StaffRole role, Actor by);
/// The router's key opens nothing any more; its session is cut by the hub that holds it. NotFound: no such router.
Task<Result<StaffRouter>> revoke_router_key(Pool& staff, std::string router, Actor by);

}  // namespace vivi::db
