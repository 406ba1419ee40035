// What a configuration asks of the machine's links, and the steps from what is there.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/network_setup.hpp"

#include <gmock/gmock.h>

namespace vivi::bridged {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using Kind = LinkStep::Kind;
using Sysctl = NetworkSetup::Sysctl;

Ipv4Prefix prefix(std::string_view text) { return *parse_ipv4_prefix(text); }

model::Configuration inline_router() {
    model::Configuration configuration;
    configuration.networks.push_back({.name = "lan", .interface = "br-lan", .address = prefix("10.66.0.1/22")});
    configuration.uplink = {.interface = "uplink0",
                            .mode = model::UplinkMode::Static,
                            .address = prefix("192.0.2.2/24"),
                            .gateway = parse_ipv4("192.0.2.1")};
    return configuration;
}

std::vector<std::string> words(const NetworkSetup& setup, const firewall::Links& seen) {
    std::vector<std::string> all;
    for (const auto& step : link_steps(setup, seen)) all.push_back(to_string(step));
    return all;
}

TEST(BridgedNetworkSetup, ABareMachineIsMadeARouter) {
    const firewall::Links bare{.links = {{.index = 2, .name = "br-lan"}, {.index = 3, .name = "uplink0", .is_up = true}}};
    EXPECT_THAT(words(network_setup(inline_router()), bare),
                ElementsAre("set br-lan up", "add 10.66.0.1/22 to br-lan", "add 192.0.2.2/24 to uplink0",
                            "default route by 192.0.2.1 on uplink0"));
}

TEST(BridgedNetworkSetup, WhatIsThereIsLeftAlone) {
    const firewall::Links there{
        .links = {{.index = 2, .name = "br-lan", .is_up = true}, {.index = 3, .name = "uplink0", .is_up = true}},
        .addresses = {{.index = 2, .address = prefix("10.66.0.1/22")},
                      {.index = 2, .address = prefix("172.16.0.9/24")},
                      {.index = 3, .address = prefix("192.0.2.2/24")}},
        .routes = {{.index = 3, .gateway = *parse_ipv4("192.0.2.1")}}};
    EXPECT_THAT(words(network_setup(inline_router()), there), IsEmpty()) << "somebody's second address too";
}

TEST(BridgedNetworkSetup, AnAddressOfOursThatIsNoLongerWantedGoesAfterTheNewOneCame) {
    auto moved = inline_router();
    moved.networks[0].address = prefix("10.67.0.1/22");
    const firewall::Links there{
        .links = {{.index = 2, .name = "br-lan", .is_up = true}, {.index = 3, .name = "uplink0", .is_up = true}},
        .addresses = {{.index = 2, .address = prefix("10.66.0.1/22"), .is_ours = true},
                      {.index = 3, .address = prefix("192.0.2.2/24"), .is_ours = true}},
        .routes = {{.index = 3, .gateway = *parse_ipv4("192.0.2.1"), .is_ours = true}}};
    EXPECT_THAT(words(network_setup(moved), there), ElementsAre("add 10.67.0.1/22 to br-lan", "remove 10.66.0.1/22 from br-lan"));
}

TEST(BridgedNetworkSetup, AnUplinkByDhcpIsTheSystems) {
    auto configuration = inline_router();
    configuration.uplink = {.interface = "uplink0"};
    const firewall::Links there{
        .links = {{.index = 2, .name = "br-lan", .is_up = true}, {.index = 3, .name = "uplink0", .is_up = true}},
        .addresses = {{.index = 2, .address = prefix("10.66.0.1/22"), .is_ours = true},
                      {.index = 3, .address = prefix("192.0.2.2/24"), .is_ours = true},
                      {.index = 3, .address = prefix("192.0.2.77/24")}},
        .routes = {{.index = 3, .gateway = *parse_ipv4("192.0.2.254")},
                   {.index = 3, .gateway = *parse_ipv4("192.0.2.1"), .is_ours = true}}};
    EXPECT_THAT(words(network_setup(configuration), there),
                ElementsAre("remove 192.0.2.2/24 from uplink0", "no default route by 192.0.2.1 on uplink0"));
}

TEST(BridgedNetworkSetup, ARouterOnAStickGetsItsVlans) {
    auto configuration = inline_router();
    configuration.networks[0].interface = "eth0";
    configuration.networks[0].vlan = 20;
    configuration.uplink.interface = "eth0";
    configuration.uplink.vlan = 10;
    const auto setup = network_setup(configuration);
    const firewall::Links bare{.links = {{.index = 2, .name = "eth0", .is_up = true}}};
    EXPECT_THAT(words(setup, bare), ElementsAre("add eth0.20 (VLAN 20 of eth0)", "add eth0.10 (VLAN 10 of eth0)"))
        << "addresses when the devices are there";
    EXPECT_THAT(missing_devices(setup, bare), ElementsAre("eth0.10", "eth0.20"));
    EXPECT_THAT(missing_devices(setup, {}), ElementsAre("eth0", "eth0.10", "eth0.20"));
    EXPECT_THAT(setup.sysctls, Contains(Sysctl{"net/ipv4/conf/eth0.20/rp_filter", "1"}));
    EXPECT_THAT(setup.sysctls, Not(Contains(Sysctl{"net/ipv4/conf/all/send_redirects", "0"})));
}

TEST(BridgedNetworkSetup, AOneArmedRouterTellsNobodyTheWayAroundIt) {
    auto configuration = inline_router();
    configuration.networks[0].interface = "eth0";
    configuration.uplink.interface = "eth0";
    const auto setup = network_setup(configuration);
    EXPECT_THAT(setup.sysctls, Contains(Sysctl{"net/ipv4/conf/all/send_redirects", "0"}));
    EXPECT_THAT(setup.sysctls, Contains(Sysctl{"net/ipv4/conf/eth0/send_redirects", "0"}));
    EXPECT_THAT(setup.sysctls, Contains(Sysctl{"net/ipv4/conf/eth0/rp_filter", "2"})) << "answers come in by the same device";
}

TEST(BridgedNetworkSetup, IPv6IsForwardedOnlyWhenItIsFiltered) {
    auto configuration = inline_router();
    EXPECT_THAT(network_setup(configuration).sysctls, Contains(Sysctl{"net/ipv6/conf/all/forwarding", "0"}));
    EXPECT_THAT(network_setup(configuration).sysctls, Contains(Sysctl{"net/ipv6/conf/br-lan/accept_ra", "0"}));
    configuration.firewall.ipv6 = model::Ipv6Mode::Filter;
    EXPECT_THAT(network_setup(configuration).sysctls, Contains(Sysctl{"net/ipv6/conf/all/forwarding", "1"}));
    EXPECT_THAT(network_setup(configuration).sysctls, Contains(Sysctl{"net/ipv6/conf/uplink0/accept_ra", "2"}));
    EXPECT_THAT(network_setup(configuration).sysctls, Contains(Sysctl{"net/ipv6/conf/br-lan/accept_ra", "0"}));
}

TEST(BridgedNetworkSetup, TwoThousandDevicesHaveRoomInTheNeighbourTable) {
    EXPECT_THAT(network_setup(inline_router()).sysctls, Contains(Sysctl{"net/ipv4/neigh/default/gc_thresh1", "4096"}));
}

model::Configuration bridging_router() {
    auto configuration = inline_router();
    configuration.networks[0].interface = "vivi-lan";
    configuration.networks[0].ports = {"eth1", "eth2"};
    configuration.uplink = {.interface = "uplink0"};
    return configuration;
}

TEST(BridgedNetworkSetup, ABridgeIsMadeThenItsPortsJoinThenItHasAnAddress) {
    const auto setup = network_setup(bridging_router());
    firewall::Links seen{.links = {{.index = 2, .name = "eth1", .is_up = true}, {.index = 3, .name = "eth2"}}};
    EXPECT_THAT(words(setup, seen), ElementsAre("add the bridge vivi-lan", "set eth2 up"));
    seen.links[1].is_up = true;
    seen.links.push_back({.index = 9, .name = "vivi-lan", .is_ours = true});
    EXPECT_THAT(words(setup, seen), ElementsAre("add eth1 to the bridge vivi-lan", "add eth2 to the bridge vivi-lan",
                                                "set vivi-lan up", "add 10.66.0.1/22 to vivi-lan"));
}

TEST(BridgedNetworkSetup, ABridgeOfOursThatIsNotWantedGoesWithItsAddressAndSomebodysStays) {
    const firewall::Links seen{.links = {{.index = 2, .name = "br-lan", .is_up = true},
                                         {.index = 3, .name = "uplink0", .is_up = true},
                                         {.index = 4, .name = "docker0", .is_up = true},
                                         {.index = 5, .name = "eth1", .is_up = true, .master = 9},
                                         {.index = 6, .name = "veth1", .is_up = true, .master = 4},
                                         {.index = 9, .name = "vivi-lan", .is_up = true, .is_ours = true}},
                               .addresses = {{.index = 9, .address = prefix("10.66.0.1/22"), .is_ours = true},
                                             {.index = 2, .address = prefix("10.66.0.1/22"), .is_ours = true},
                                             {.index = 3, .address = prefix("192.0.2.2/24"), .is_ours = true}},
                               .routes = {{.index = 3, .gateway = *parse_ipv4("192.0.2.1"), .is_ours = true}}};
    EXPECT_THAT(words(network_setup(inline_router()), seen), ElementsAre("remove the bridge vivi-lan"));
}

TEST(BridgedNetworkSetup, APortThatIsNoLongerChosenIsFree) {
    auto narrower = bridging_router();
    narrower.networks[0].ports = {"eth1"};
    const firewall::Links seen{.links = {{.index = 5, .name = "eth1", .is_up = true, .master = 9},
                                         {.index = 6, .name = "eth2", .is_up = true, .master = 9},
                                         {.index = 9, .name = "vivi-lan", .is_up = true, .is_ours = true}},
                               .addresses = {{.index = 9, .address = prefix("10.66.0.1/22"), .is_ours = true}}};
    EXPECT_THAT(words(network_setup(narrower), seen), ElementsAre("remove eth2 from its bridge"));
}

}  // namespace
}  // namespace vivi::bridged
