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

TEST(PlanOf, WatchesVlansAsDevicesOfTheirOwn) {
    auto on_a_stick = configuration();
    on_a_stick.networks = {{.name = "lan", .interface = "eth0", .address = *parse_ipv4_prefix("10.66.0.1/22")},
                           {.name = "crew", .interface = "eth0", .vlan = 20, .address = *parse_ipv4_prefix("10.68.0.1/24")}};
    on_a_stick.uplink = {.interface = "eth0", .vlan = 30};
    const auto plan = plan_of(on_a_stick, "");
    EXPECT_THAT(plan.interfaces, ElementsAre("eth0", "eth0.20"));
    EXPECT_THAT(plan.tagged, testing::Contains("eth0.30")) << "the uplink's frames pass eth0 too, and are not the LAN's";
    EXPECT_FALSE(plan.next_hop);
}

TEST(PlanOf, KnowsTheNextHopOfOneArm) {
    auto one_armed = configuration();
    one_armed.uplink = {.interface = "br-lan", .gateway = Ipv4{0x0a4203fe}};
    EXPECT_EQ(plan_of(one_armed, "").next_hop, Ipv4{0x0a4203fe});
    one_armed.uplink.interface = "eth1";
    EXPECT_FALSE(plan_of(one_armed, "").next_hop) << "inline, what is behind the uplink is not seen";
}

}  // namespace
}  // namespace vivi::pcapd
