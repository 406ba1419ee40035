// Percentiles from buckets.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/latency.hpp"

#include <gmock/gmock.h>

namespace vivi::dnsd {
namespace {

TEST(Latency, IsAtMostAnEighthTooHigh) {
    for (const std::int64_t value : {0, 1, 7, 8, 15, 16, 60, 61, 1'000, 123'456, 4'000'000}) {
        Latency latency;
        latency.record(Microseconds{value});
        const auto said = latency.percentile(0.5).count();
        EXPECT_GE(said, value);
        EXPECT_LE(said, value + value / 8 + 1);
    }
}

TEST(Latency, TellsPercentiles) {
    Latency latency;
    EXPECT_EQ(latency.percentile(0.5), 0us);
    for (int i = 0; i < 98; ++i) latency.record(5us);
    latency.record(7us);
    latency.record(1'000us);
    EXPECT_EQ(latency.percentile(0.5), 5us);
    EXPECT_EQ(latency.percentile(0.98), 7us);
    EXPECT_GE(latency.percentile(0.99), 1'000us);
}

TEST(Latency, ForgetsAfterTwoPeriods) {
    Latency latency;
    latency.record(5us);
    latency.turn();
    EXPECT_EQ(latency.count(), 1U);
    latency.turn();
    EXPECT_EQ(latency.count(), 0U);
}

TEST(Latency, TakesAnyValue) {
    Latency latency;
    latency.record(Microseconds{-5});
    latency.record(Microseconds::max());
    EXPECT_EQ(latency.count(), 2U);
}

}  // namespace
}  // namespace vivi::dnsd
