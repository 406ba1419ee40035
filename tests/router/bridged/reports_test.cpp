// When a revision is in force everywhere.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/reports.hpp"

#include <gmock/gmock.h>

namespace vivi::bridged {
namespace {

TEST(BridgedReports, ARevisionIsInForceWhenEverybodyExpectedHasIt) {
    Reports reports{{"dhcpd", "pcapd"}};
    EXPECT_TRUE(reports.note("dhcpd", 7));
    EXPECT_FALSE(reports.note("dhcpd", 7)) << "no news";
    EXPECT_FALSE(reports.note("stranger", 7));
    EXPECT_THAT(reports.missing(7), testing::ElementsAre("pcapd"));
    reports.note("pcapd", 8);
    EXPECT_TRUE(reports.all_have(7)) << "8 contains 7";
    EXPECT_FALSE(reports.all_have(8));
}

TEST(BridgedReports, SurviveARestartOfTheBridge) {
    Reports before{{"dhcpd", "pcapd"}};
    before.note("dhcpd", 7);
    before.note("pcapd", 6);
    Reports after{{"dhcpd", "pcapd"}};
    after.note("pcapd", 9);
    after.restore(before.text());
    EXPECT_TRUE(after.all_have(7)) << "what it heard itself is newer than what was stored";
    after.restore("garbage :: x:y");
    EXPECT_TRUE(after.all_have(7));
}

}  // namespace
}  // namespace vivi::bridged
