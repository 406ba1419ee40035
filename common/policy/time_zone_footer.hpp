// The POSIX rule at the end of a TZif file: parsed from its text, and turned into moments.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/policy/time_zone.hpp"

namespace vivi::policy {

/// "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX.1-2017 section 8.3, RFC 9636 section 3.3.1), or nothing. Daylight saving time needs its
/// two changes: TZif writers always give them.
std::optional<TimeZone::Footer> parse_footer(std::string_view text) noexcept;

/// The changes of the year of `at` (Unix seconds) and of its two neighbours, rising. With no changes: none.
std::array<TimeZone::Transition, 6> changes_around(const TimeZone::Footer& footer, std::int64_t at) noexcept;

}  // namespace vivi::policy
