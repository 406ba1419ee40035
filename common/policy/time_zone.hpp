// Local time from UTC by a TZif file (RFC 9636). Pure: bytes in; the file is read by an edge.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::policy {

/// A time zone: when its offset from UTC changed and will change.
class TimeZone {
public:
    /// UTC.
    TimeZone() = default;

    /// Seconds to add to UTC at `at`.
    Seconds offset(WallTime at) const noexcept;

    struct Transition {
        std::int64_t at = 0;  ///< Unix seconds.
        std::int32_t offset = 0;
    };

private:
    friend Result<TimeZone> parse_time_zone(BytesView);
    std::vector<Transition> transitions_{};
    std::int32_t first_offset_ = 0;
    std::string footer_{};  ///< POSIX TZ rule for times after the last transition (RFC 9636 section 3.3).
};

/// A TZif file, version 1 to 4. Invalid: not one. Bounded work for any input.
Result<TimeZone> parse_time_zone(BytesView file);

/// Whether `name` can be an IANA name ("Europe/Paris", "UTC"): no "..", no leading '/', only letters, digits, '_', '-', '+', '/'.
bool is_time_zone_name(std::string_view name) noexcept;

}  // namespace vivi::policy
