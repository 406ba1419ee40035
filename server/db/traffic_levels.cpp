// A table of steps, walked from the finest.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/traffic_levels.hpp"

#include <array>

namespace vivi::db {
namespace {

constexpr Seconds week{7 * 86'400};
constexpr std::array<Seconds, 12> all_steps{Seconds{10},     Seconds{30},     Seconds{60},     Seconds{300},
                                            Seconds{900},    Seconds{1'800},  Seconds{3'600},  Seconds{7'200},
                                            Seconds{10'800}, Seconds{21'600}, Seconds{43'200}, Seconds{86'400}};

TrafficLevel level_of(Seconds step, bool has_hours) {
    if (step < Seconds{300}) return TrafficLevel::TenSeconds;
    return step < Seconds{3'600} || !has_hours ? TrafficLevel::FiveMinutes : TrafficLevel::Hour;
}

bool is_there(TrafficLevel level, WallTime from, const LevelsKept& kept) {
    if (level == TrafficLevel::TenSeconds) return from >= kept.ten_seconds;
    return level == TrafficLevel::Hour || !kept.has_hours || from >= kept.five_minutes;
}

std::int64_t points_of(const TrafficRange& range, Seconds step) {
    const auto first = step_of(range.from, step);
    return (to_unix_ms(range.to) - to_unix_ms(first) + step.count() * 1'000 - 1) / (step.count() * 1'000);
}

}  // namespace

WallTime step_of(WallTime at, Seconds step) {
    const auto ms = to_unix_ms(at), size = step.count() * 1'000;
    return from_unix_ms(ms - (ms % size + size) % size);
}

TrafficSteps choose_steps(const TrafficRange& range, int most, const LevelsKept& kept) {
    for (const auto step : all_steps) {
        const auto level = level_of(step, kept.has_hours);
        const auto first = step_of(range.from, step);
        if (points_of(range, step) <= most && is_there(level, first, kept)) return {.level = level, .step = step, .first = first};
    }
    const auto level = kept.has_hours ? TrafficLevel::Hour : TrafficLevel::FiveMinutes;
    auto step = week;
    while (points_of(range, step) > most) step += week;
    return {.level = level, .step = step, .first = step_of(range.from, step)};
}

}  // namespace vivi::db
