// How often drift is looked for, and what counters become on their way up.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/firewall_watch.hpp"

#include <gmock/gmock.h>

namespace vivi::bridged {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(BridgedDriftPace, WhoFightsIsMetEverLater) {
    DriftPace pace;
    std::vector<Milliseconds> waits;
    for (int look = 0; look < 8; ++look) waits.push_back(pace.after(/*found_drift=*/true));
    EXPECT_THAT(waits, ElementsAre(2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s));
    EXPECT_EQ(pace.after(/*found_drift=*/false), 2s);
    EXPECT_EQ(pace.after(/*found_drift=*/true), 2s);
}

firewall::Hits banned(std::uint64_t packets) {
    return {.counter = "hits_banned", .layer = "banned", .description = "banned devices", .packets = packets};
}

TEST(BridgedHitCounts, OnlyWhatIsNewGoesUp) {
    HitCounts counts;
    const firewall::Plan plan;
    EXPECT_THAT(counts.news({banned(40)}, plan), IsEmpty()) << "said by the process before";
    EXPECT_THAT(counts.news({banned(40)}, plan), IsEmpty());
    EXPECT_THAT(counts.news({banned(43)}, plan),
                ElementsAre(model::PolicyHit{.address = "*", .layer = "banned", .rule = "banned devices", .hits = 3}));
}

TEST(BridgedHitCounts, ACounterThatBeganAnewCountsFromZero) {
    HitCounts counts;
    counts.news({banned(40)}, {});
    const auto rows = counts.news({banned(5)}, {});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].hits, 5U);
}

TEST(BridgedHitCounts, ARuleForAddressesNamesThem) {
    HitCounts counts;
    counts.news({}, {});
    firewall::Plan plan;
    plan.rules.push_back({.prefix = *parse_ip_prefix("192.0.2.0/24"), .position = 3});
    const firewall::Hits hits{.counter = "hits_x",
                              .layer = "event_deny",
                              .pointer = "/addresses/3",
                              .description = "address 192.0.2.0/24",
                              .packets = 2};
    const auto rows = counts.news({hits}, plan);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].address, "192.0.2.0/24");
}

}  // namespace
}  // namespace vivi::bridged
