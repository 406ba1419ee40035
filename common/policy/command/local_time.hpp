// Local times as people type and read them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/policy/time_zone.hpp"

namespace vivi::policy::command {

/// "2026-11-25T22:30" (or with a space, or with seconds) by the clock on the wall of `zone`. Of a time that happens twice the
/// first one; a time that spring leaves out is read by the offset before it. Nothing when it is no time.
std::optional<WallTime> parse_local(const TimeZone& zone, std::string_view text);

/// "2026-11-25 22:30:00"
std::string local_text(const TimeZone& zone, WallTime at);

}  // namespace vivi::policy::command
