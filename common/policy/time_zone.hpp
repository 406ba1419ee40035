// Local time from UTC by a TZif file (RFC 9636). Pure: bytes in; the file is read by an edge.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "common/core/time_zone_name.hpp"

namespace vivi::policy {

using vivi::is_time_zone_name;

/// A time zone: when its offset from UTC changed and will change.
class TimeZone {
public:
    /// UTC.
    TimeZone() = default;

    /// Seconds to add to UTC at `at`.
    Seconds offset(WallTime at) const noexcept;
    /// The first moment after `after` at which a new offset may begin; nothing when there is none.
    std::optional<WallTime> next_transition(WallTime after) const noexcept;

    struct Transition {
        std::int64_t at = 0;  ///< Unix seconds.
        std::int32_t offset = 0;
    };

    /// The day and time of a yearly change, POSIX.1-2017 section 8.3 ("TZ"), hours extended by RFC 9636 section 3.3.1.
    struct YearlyChange {
        enum class Kind : std::uint8_t {
            Month,        ///< "Mm.w.d": weekday d of week w of month m; week 5 is the last one.
            DayOfYear,    ///< "Jn": 1 to 365, 29 February never counted.
            DaysIntoYear  ///< "n": 0 to 365, 29 February counted.
        };
        Kind kind = Kind::Month;
        std::int32_t month = 1, week = 1, day = 0;
        std::int32_t time = 7200;  ///< Seconds since local midnight; -167 h to 167 h.
    };
    /// The rule for times after the last transition (RFC 9636 section 3.3).
    struct Footer {
        std::int32_t standard = 0;                             ///< Offset.
        std::int32_t daylight = 0;                             ///< Offset, when there are changes.
        std::optional<std::array<YearlyChange, 2>> changes{};  ///< To daylight saving time, back to standard time.
    };

private:
    friend Result<TimeZone> parse_time_zone(BytesView);
    std::vector<Transition> transitions_{};  ///< Rising.
    std::int32_t first_offset_ = 0;
    std::optional<Footer> footer_{};
};

/// A TZif file, version 1 to 4. Invalid: not one, or one that counts leap seconds ("right/…"). Bounded work for any input.
Result<TimeZone> parse_time_zone(BytesView file);

}  // namespace vivi::policy
