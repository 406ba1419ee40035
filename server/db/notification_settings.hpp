// Which alarms a member is told of, and how. For the role vivi_api.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/db/events.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

enum class NotificationKind : std::uint8_t { RouterOffline, RouterHealth, Network };
inline constexpr std::array notification_kinds{NotificationKind::RouterOffline, NotificationKind::RouterHealth,
                                               NotificationKind::Network};
/// The word in the database.
std::string_view to_text(NotificationKind kind) noexcept;

struct NotificationSetting {
    NotificationKind kind = NotificationKind::RouterOffline;
    bool by_email = false;
    bool by_push = false;
};

/// One of each kind.
Task<Result<std::vector<NotificationSetting>>> notification_settings(Pool& api, Tenant tenant, std::string user);
/// Keeps these, and gives all. The actor is whose they are.
Task<Result<std::vector<NotificationSetting>>> set_notifications(Pool& api, Tenant tenant, Actor of,
                                                                 std::vector<NotificationSetting> settings);

}  // namespace vivi::db
