// An alarm that the caller may see.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "server/api/call.hpp"
#include "server/api/ids.hpp"
#include "server/db/alerts.hpp"

namespace vivi::api {

inline constexpr char alarms_list = 'a';  ///< Of cursors; an alarm is the same wherever it is listed.

/// The number of an alarm by its id, which is its cursor.
inline std::optional<std::int64_t> alarm_number(std::string_view id) {
    const auto place = parse_cursor(alarms_list, id);
    return place ? std::optional{place->id} : std::nullopt;
}

struct FoundAlarm {
    db::Tenant tenant{};
    db::Alarm alarm{};
};
/// Nothing when there is none, or it is somebody else's (or of another event). Precondition: signed in.
Task<std::expected<std::optional<FoundAlarm>, graphql::FieldError>> find_alarm(Call& call, std::int64_t id);

}  // namespace vivi::api
