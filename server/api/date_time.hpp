// The scalar DateTime: RFC 3339 with milliseconds, UTC. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/time.hpp"

namespace vivi::api {

/// 2026-11-22T17:10:02.123Z
std::string to_date_time(WallTime at);

/// RFC 3339 section 5.6 with any offset, rounded down to milliseconds; years 1970 to 9999.
std::optional<WallTime> parse_date_time(std::string_view text);

}  // namespace vivi::api
