// How long something takes, as percentiles of the last minutes: counts in buckets, no samples kept.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "common/core/time.hpp"

namespace vivi::dnsd {

/// Eight buckets an octave: a percentile is at most an eighth too high. What it says is of the current period and the one before.
class Latency {
public:
    void record(Microseconds took) noexcept { ++current_[bucket_of(took)]; }
    /// A new period begins: the current one becomes the one before.
    void turn() noexcept {
        before_ = current_;
        current_.fill(0);
    }
    std::uint64_t count() const noexcept {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < buckets; ++i) sum += current_[i] + before_[i];
        return sum;
    }
    /// The time that `share` (0 … 1) of all were not longer than; 0 without any.
    Microseconds percentile(double share) const noexcept {
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count()));
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < buckets; ++i) {
            sum += current_[i] + before_[i];
            if (sum > wanted) return end_of(i);
        }
        return Microseconds{0};
    }

private:
    static constexpr std::size_t parts = 8, octaves = 30, buckets = parts * octaves;  // Up to 2^32 µs.

    /// Below 8 µs one bucket each; then the highest bit and the three below it.
    static std::size_t bucket_of(Microseconds took) noexcept {
        const auto value = static_cast<std::uint64_t>(std::max<Microseconds::rep>(0, took.count()));
        if (value < parts) return static_cast<std::size_t>(value);
        const auto octave = static_cast<std::size_t>(std::bit_width(value)) - 4;  // 8 … 15 is 0.
        return std::min(buckets - 1, parts * (octave + 1) + static_cast<std::size_t>(value >> octave & 7));
    }
    static Microseconds end_of(std::size_t bucket) noexcept {
        if (bucket < parts) return Microseconds{bucket};
        const auto octave = bucket / parts - 1;
        return Microseconds{((bucket % parts + parts + 1) << octave) - 1};
    }

    std::array<std::uint64_t, buckets> current_{}, before_{};
};

}  // namespace vivi::dnsd
