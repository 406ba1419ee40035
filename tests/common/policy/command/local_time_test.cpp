// Local times as people type them, on ordinary days and on the two strange ones.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/command/local_time.hpp"

#include <gmock/gmock.h>

#include "tests/common/policy/tzif.hpp"

namespace vivi::policy::command {
namespace {

const auto paris = test::zone_of("CET-1CEST,M3.5.0,M10.5.0/3");

WallTime at(std::int64_t unix_seconds) { return WallTime{Milliseconds{unix_seconds * 1000}}; }

TEST(LocalTime, IsReadAndWritten) {
    EXPECT_EQ(parse_local(paris, "2026-11-25T22:30"), at(1'795'642'200));
    EXPECT_EQ(parse_local(paris, "2026-11-25 22:30:05"), at(1'795'642'205));
    EXPECT_EQ(local_text(paris, at(1'795'642'205)), "2026-11-25 22:30:05");
    EXPECT_EQ(parse_local(paris, "2026-07-01T12:00"), at(1'782'900'000));
    EXPECT_EQ(parse_local({}, "1970-01-01T00:00"), at(0));
}

TEST(LocalTime, OfATimeThatHappensTwiceItIsTheFirst) {
    EXPECT_EQ(parse_local(paris, "2026-10-25T02:30"), at(1'792'888'200)) << "00:30 UTC";
    EXPECT_EQ(parse_local(paris, "2026-10-25T03:00"), at(1'792'893'600));
    EXPECT_EQ(local_text(paris, at(1'792'888'200)), local_text(paris, at(1'792'891'800)));
}

TEST(LocalTime, ATimeThatIsLeftOutIsReadByTheOffsetBefore) {
    EXPECT_EQ(parse_local(paris, "2026-03-29T02:30"), at(1'774'747'800)) << "the clock shows 03:30 then";
}

TEST(LocalTime, WhatIsNoneIsRefused) {
    for (const auto* text : {"", "now", "2026-11-25", "22:30", "2026-13-01T00:00", "2026-02-29T00:00", "2026-11-25T24:00",
                             "2026-11-25T22:60", "2026-11-25T22:30:60", "2026-11-25x22:30", "2026-11-25T22.30",
                             "1969-01-01T00:00", "2026-11-25T22:30Z", "2026-1a-25T22:30"})
        EXPECT_EQ(parse_local(paris, text), std::nullopt) << text;
}

}  // namespace
}  // namespace vivi::policy::command
