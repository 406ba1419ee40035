// RFC 3339 texts, both ways.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/date_time.hpp"

#include <gtest/gtest.h>

namespace vivi::api {
namespace {

TEST(DateTime, IsReadAsItIsWritten) {
    for (const std::int64_t ms : {0LL, 1'795'370'402'123LL, 951'782'400'000LL, 253'402'300'799'999LL})
        EXPECT_EQ(parse_date_time(to_date_time(from_unix_ms(ms))), from_unix_ms(ms));
}

TEST(DateTime, TakesEveryFormOfTheStandard) {
    const auto expected = parse_date_time("2026-11-22T17:10:02Z");
    ASSERT_TRUE(expected);
    for (const auto* text : {"2026-11-22t17:10:02z", "2026-11-22 17:10:02.000Z", "2026-11-22T18:10:02+01:00",
                             "2026-11-22T12:40:02-04:30", "2026-11-22T17:10:02.0009Z"})
        EXPECT_EQ(parse_date_time(text), expected) << text;
    EXPECT_EQ(parse_date_time("2026-11-22T17:10:02.5Z"), *expected + Milliseconds{500});
    EXPECT_EQ(parse_date_time("2016-12-31T23:59:60Z"), parse_date_time("2017-01-01T00:00:00Z")) << "a leap second";
}

TEST(DateTime, RefusesTheRest) {
    for (const auto* text :
         {"", "2026", "2026-11-22", "2026-11-22T17:10Z", "2026-11-22T17:10:02", "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z",
          "2026-11-22T17:60:00Z", "2026-11-22T17:10:02.Z", "2026-11-22T17:10:02+24:00", "2026-11-22T17:10:02Zx",
          "1969-12-31T23:59:59Z", "+026-11-22T17:10:02Z", "2026-11-22T17:10:02.123456789012345678901234567890+1:00"})
        EXPECT_FALSE(parse_date_time(text)) << text;
}

}  // namespace
}  // namespace vivi::api
