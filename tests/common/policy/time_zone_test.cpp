// Local time of real zones, whose values are those of the IANA database, and files that are refused.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/time_zone.hpp"

#include <gmock/gmock.h>

#include "common/policy/time_zone_footer.hpp"
#include "tests/common/policy/tzif.hpp"

namespace vivi::policy {
namespace {

using test::bytes_of;
using test::zone_of;

WallTime at(std::int64_t unix_seconds) { return WallTime{Milliseconds{unix_seconds * 1000}}; }
std::int64_t offset(const TimeZone& zone, std::int64_t unix_seconds) { return zone.offset(at(unix_seconds)).count(); }

struct Row {
    const char* footer;
    std::int64_t at;
    std::int64_t offset;
};

TEST(TimeZone, TheFootersOfRealZonesGiveTheirLocalTime) {
    const std::vector<Row> rows{
        {"UTC0", 1'780'000'000, 0},
        {"CET-1CEST,M3.5.0,M10.5.0/3", 1'774'745'999, 3600},  // Paris: the last second of winter 2026 …
        {"CET-1CEST,M3.5.0,M10.5.0/3", 1'774'746'000, 7200},  // … and the first of summer.
        {"CET-1CEST,M3.5.0,M10.5.0/3", 1'792'889'999, 7200},
        {"CET-1CEST,M3.5.0,M10.5.0/3", 1'792'890'000, 3600},
        {"CET-1CEST,M3.5.0,M10.5.0/3", 6'311'433'600, 3600},  // 2170
        {"EST5EDT,M3.2.0,M11.1.0", 1'780'000'000, -14'400},
        {"EST5EDT,M3.2.0,M11.1.0", 1'795'642'200, -18'000},
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1'774'746'000, 39'600},  // Lord Howe: half an hour, in the southern summer.
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1'780'000'000, 37'800},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", 1'774'745'999, 0},  // Dublin: its "daylight saving time" is winter.
        {"IST-1GMT0,M10.5.0,M3.5.0/1", 1'774'746'000, 3600},
        {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", 1'780'000'000, -14'400},  // Santiago: changes at 24:00.
        {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", 1'795'642'200, -10'800},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1'774'745'999, -7200},  // Nuuk: changes on the day before, at -1:00.
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1'774'746'000, -3600},
        {"IST-5:30", 1'780'000'000, 19'800},
        {"<+13>-13", 1'780'000'000, 46'800},
        {"XXX3EDT4,0/0,J365/23", 1'780'000'000, -14'400},  // All year long (RFC 9636 section 3.3.1), new year included.
        {"XXX3EDT4,0/0,J365/23", 1'798'772'399, -14'400},
        {"XXX3EDT4,0/0,J365/23", 1'798'772'400, -14'400},
        {"AAA0BBB,J60,J300", 1'772'330'400, 3600},  // J60 is 1 March in every year: 2026-03-01 02:00 …
        {"AAA0BBB,J60,J300", 1'772'330'399, 0},
        {"AAA0BBB,J60,J300", 1'835'488'800, 3600},  // … and 2028, a leap year.
        {"AAA0BBB,J60,J300", 1'835'488'799, 0},
        {"AAA0BBB,59,300", 1'772'330'400, 3600},  // Day 59 from 0 is 1 March in 2026 …
        {"AAA0BBB,59,300", 1'835'402'400, 3600},  // … and 29 February in 2028.
        {"AAA0BBB,59,300", 1'835'402'399, 0},
    };
    for (const auto& row : rows) EXPECT_EQ(offset(zone_of(row.footer), row.at), row.offset) << row.footer << " at " << row.at;
}

TEST(TimeZone, FootersThatAreNoneAreRefused) {
    for (const auto* text : {"",
                             "CE",
                             "CET",
                             "CET-",
                             "CET-25",
                             "CET-1:60",
                             "CET-1CEST",
                             "CET-1CEST,M3.5.0",
                             "CET-1CEST,M13.1.0,M1.1.0",
                             "CET-1CEST,M3.6.0,M1.1.0",
                             "CET-1CEST,M3.0.0,M1.1.0",
                             "CET-1CEST,M3.1.7,M1.1.0",
                             "CET-1CEST,J0,J5",
                             "CET-1CEST,J366,J5",
                             "CET-1CEST,366,5",
                             "CET-1CEST,M3.5.0/168,M10.5.0",
                             "CET-1CEST,M3.5.0,M10.5.0/3x",
                             "<+03-3",
                             "<>-3",
                             "CET-1CEST,M3.5.0,M10.5.0/99999999999",
                             "CET 1"})
        EXPECT_FALSE(parse_footer(text)) << text;
}

TEST(TimeZone, TransitionsHoldUntilTheLastOneAndTheFooterBehindIt) {
    // Casablanca's shape: the offset goes back and forth by decree, and is constant afterwards.
    const auto zone = parse_time_zone(bytes_of({.version = '2',
                                                .offsets = {-1820, 0, 3600},
                                                .times = {-1'773'012'580, 1'739'671'200, 1'743'904'800},
                                                .types = {1, 2, 1},
                                                .footer = "<+00>0"}));
    ASSERT_TRUE(zone) << zone.error().detail;
    EXPECT_EQ(offset(*zone, -1'773'012'581), -1820) << "before the first transition: the first type";
    EXPECT_EQ(offset(*zone, -1'773'012'580), 0);
    EXPECT_EQ(offset(*zone, 1'743'904'799), 3600);
    EXPECT_EQ(offset(*zone, 1'743'904'800), 0);
    EXPECT_EQ(offset(*zone, 4'000'000'000), 0);
    EXPECT_EQ(zone->next_transition(at(0)), at(1'739'671'200));
    EXPECT_EQ(zone->next_transition(at(1'739'671'200)), at(1'743'904'800));
    EXPECT_EQ(zone->next_transition(at(1'743'904'800)), std::nullopt);
}

TEST(TimeZone, MillisecondsBelongToTheirSecond) {
    const auto zone = zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
    EXPECT_EQ(zone.offset(WallTime{Milliseconds{1'774'745'999'999}}).count(), 3600);
    EXPECT_EQ(zone.offset(WallTime{Milliseconds{1'774'746'000'000}}).count(), 7200);
    EXPECT_EQ(zone.next_transition(WallTime{Milliseconds{1'774'745'999'999}}), at(1'774'746'000));
    EXPECT_EQ(zone.next_transition(at(1'774'746'000)), at(1'792'890'000));
    EXPECT_EQ(zone.next_transition(at(1'792'890'000)), at(1'806'195'600)) << "the spring of 2027";
}

TEST(TimeZone, AnyMomentHasAnOffset) {
    const auto zone = zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
    for (const auto moment :
         {WallTime::min(), WallTime::max(), WallTime{Milliseconds{-1}}, WallTime{Milliseconds{1} * (1LL << 50)}}) {
        const auto seconds = zone.offset(moment).count();
        EXPECT_TRUE(seconds == 3600 || seconds == 7200);
    }
}

TEST(TimeZone, Version1HasNoFooterAndVersion4ReadsLikeTheOthers) {
    const auto old = parse_time_zone(bytes_of({.version = '1', .offsets = {3600, 7200}, .times = {-10, 10}, .types = {1, 0}}));
    ASSERT_TRUE(old) << old.error().detail;
    EXPECT_EQ(offset(*old, 0), 7200);
    EXPECT_EQ(offset(*old, 4'000'000'000), 3600);
    EXPECT_TRUE(parse_time_zone(bytes_of({.version = '4', .footer = "UTC0"})));
}

TEST(TimeZone, WhatIsNoTimeZoneIsRefused) {
    const test::Tzif good{.version = '2', .offsets = {0, 3600}, .times = {100, 200}, .types = {1, 0}, .footer = "UTC0"};
    const auto whole = bytes_of(good);
    ASSERT_TRUE(parse_time_zone(whole));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(parse_time_zone(BytesView{whole}.first(size))) << "cut after " << size << " bytes";
    const auto refused = [&](auto change) {
        auto bad = good;
        change(bad);
        return !parse_time_zone(bytes_of(bad));
    };
    EXPECT_TRUE(refused([](auto& bad) { bad.version = '5'; }));
    EXPECT_TRUE(refused([](auto& bad) { bad.types[1] = 2; })) << "a type that does not exist";
    EXPECT_TRUE(refused([](auto& bad) { bad.times[1] = 100; })) << "not rising";
    EXPECT_TRUE(refused([](auto& bad) { bad.offsets[0] = 93'600; }));
    EXPECT_TRUE(refused([](auto& bad) { bad.offsets.clear(); }));
    EXPECT_TRUE(refused([](auto& bad) { bad.leap_seconds = 1; }));
    EXPECT_TRUE(refused([](auto& bad) { bad.footer = "nonsense"; }));
}

TEST(TimeZone, NamesCannotLeaveTheirFolder) {
    for (const auto* name :
         {"UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Etc/GMT+1", "America/Port-au-Prince", "EST5EDT"})
        EXPECT_TRUE(is_time_zone_name(name)) << name;
    for (const auto* name : {"", "/etc/passwd", "../shadow", "Europe/../../etc", "Europe//Paris", "Europe/", "Europe/ Paris",
                             "Europe.Paris", "1UTC", "Europe/\xc3\x89", "A/-b"})
        EXPECT_FALSE(is_time_zone_name(name)) << name;
    EXPECT_FALSE(is_time_zone_name(std::string(65, 'A')));
}

}  // namespace
}  // namespace vivi::policy
