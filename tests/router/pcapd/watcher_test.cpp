// What a configuration asks to be watched.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/watcher.hpp"

#include <gmock/gmock.h>

namespace vivi::pcapd {
namespace {

using testing::ElementsAre;

model::Configuration configuration() {
    return {.revision = 7,
            .networks = {{.name = "lan", .interface = "br-lan", .address = *parse_ipv4_prefix("10.66.0.1/22")},
                         {.name = "guests", .interface = "br-lan", .address = *parse_ipv4_prefix("10.67.0.1/24")},
                         {.name = "crew", .interface = "eth0.20", .address = *parse_ipv4_prefix("10.68.0.1/24")}}};
}

TEST(PlanOf, WatchesEachInterfaceOfTheNetworksOnce) {
    const auto plan = plan_of(configuration(), "");
    EXPECT_EQ(plan.revision, 7);
    EXPECT_THAT(plan.interfaces, ElementsAre("br-lan", "eth0.20"));
    EXPECT_THAT(plan.prefixes, testing::SizeIs(3));
}

TEST(PlanOf, WatchesTheInterfaceOfTheSettingsInstead) {
    const auto plan = plan_of(configuration(), "mirror0");
    EXPECT_THAT(plan.interfaces, ElementsAre("mirror0"));
    EXPECT_THAT(plan.prefixes, testing::SizeIs(3)) << "what is local stays known";
}

}  // namespace
}  // namespace vivi::pcapd
