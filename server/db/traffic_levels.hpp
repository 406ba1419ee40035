// Which roll-up answers a question about a time range, and in what steps. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/core/time.hpp"

namespace vivi::db {

/// From the finest: buckets of 10 seconds, 5 minutes, 1 hour.
enum class TrafficLevel : std::uint8_t { TenSeconds, FiveMinutes, Hour };

struct TrafficRange {
    WallTime from{};
    WallTime to{};  ///< Not part of it; after `from`.
};
/// Since when each level is there; the hour's is always enough.
struct LevelsKept {
    WallTime ten_seconds{};
    WallTime five_minutes{};
    bool has_hours = true;  ///< False: of one device.
};

struct TrafficSteps {
    TrafficLevel level = TrafficLevel::TenSeconds;
    Seconds step{10};
    WallTime first{};  ///< Start of the first step: `from` rounded down.
};
/// The finest steps that give at most `most` points and whose level is still there at `from`: 10 or 30 s, 1, 5, 15 or 30 minutes,
/// 1, 2, 3, 6, 12 or 24 hours, then whole weeks. Of a time before everything is gone the coarsest level answers.
TrafficSteps choose_steps(const TrafficRange& range, int most, const LevelsKept& kept);

/// Start of the step that `at` is in; steps are counted from 1970.
WallTime step_of(WallTime at, Seconds step);

}  // namespace vivi::db
