// What was decided at the router lies over the server's configuration, for as long as it was meant.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/local_changes.hpp"

#include <gmock/gmock.h>

namespace vivi::model {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}};
const auto noon = from_unix_ms(1'000'000);

Configuration of_the_server() {
    Configuration configuration{.revision = 7, .custody = "c"};
    configuration.networks.push_back({.name = "lan", .interface = "br-lan", .address = *parse_ipv4_prefix("10.66.0.1/22")});
    configuration.uplink = {.interface = "uplink0"};
    configuration.policy.mode = Mode::AllowListed;
    configuration.policy.devices = {{.device = phone, .decision = Decision::Deny}};
    configuration.policy.domains = {{.domain = "example.org"}};
    return configuration;
}

TEST(LocalChanges, AreReadAsTheyWereWritten) {
    const LocalChanges changes{.uplink = Uplink{.interface = "eth0",
                                                .vlan = 20,
                                                .mode = UplinkMode::Static,
                                                .address = parse_ipv4_prefix("192.0.2.2/24"),
                                                .gateway = parse_ipv4("192.0.2.1")},
                               .devices = {{.device = phone, .decision = Decision::Allow, .until = noon}},
                               .bypass_until = noon};
    const auto again = parse_local_changes(to_json(changes));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, changes);
    EXPECT_FALSE(parse_local_changes(Json::object()));
    EXPECT_FALSE(parse_local_changes(Json{{"v", 1}, {"devices", {{{"device", "x"}}}}}));
}

TEST(LocalChanges, DecideADeviceUntilTheyEnd) {
    const LocalChanges changes{.devices = {{.device = phone, .decision = Decision::Allow, .until = noon},
                                           {.device = laptop, .decision = Decision::Deny, .until = noon}}};
    const auto before = overlaid(of_the_server(), changes, noon - 1s).policy.devices;
    ASSERT_THAT(before, SizeIs(2));
    EXPECT_EQ(before[0].decision, Decision::Allow);
    EXPECT_EQ(before[1].device, laptop);
    EXPECT_EQ(overlaid(of_the_server(), changes, noon), of_the_server());
    EXPECT_EQ(still_holding(changes, noon - 1s), changes);
    EXPECT_EQ(still_holding(changes, noon), LocalChanges{});
}

TEST(LocalChanges, ABypassLetsEverythingThroughButBannedDevices) {
    const auto open = overlaid(of_the_server(), {.bypass_until = noon}, noon - 1s);
    EXPECT_EQ(open.policy.mode, Mode::BlockListed);
    EXPECT_THAT(open.policy.domains, IsEmpty());
    EXPECT_THAT(open.policy.devices, SizeIs(1)) << "who was banned stays banned";
    EXPECT_EQ(open.revision, 7);
    EXPECT_EQ(overlaid(of_the_server(), {.bypass_until = noon}, noon), of_the_server());
}

TEST(LocalChanges, ABypassOfAClockThatWasAheadIsOverOnceTheClockIsRight) {
    constexpr Milliseconds year{std::chrono::hours{8'760}};
    const LocalChanges ahead{.bypass_until = noon + year + 15min};
    EXPECT_EQ(still_holding(ahead, noon + year), ahead) << "while the clock is ahead";
    EXPECT_EQ(still_holding(ahead, noon), LocalChanges{});
    EXPECT_EQ(overlaid(of_the_server(), ahead, noon), of_the_server());
    const LocalChanges banned{.devices = {{.device = Mac{{2, 0, 0, 0, 0, 9}}, .until = noon + year}}};
    EXPECT_EQ(still_holding(banned, noon), LocalChanges{});
}

TEST(LocalChanges, KeepWhatAnUplinkOnTrialReplaced) {
    const Uplink before{.interface = "eth0"}, tried{.interface = "eth1"};
    const LocalChanges changes{.uplink = tried, .trial = LocalTrial{.before = before, .starts = 2}, .taken_back = "eth9"};
    EXPECT_EQ(parse_local_changes(to_json(changes)), changes);
    EXPECT_EQ(still_holding(changes, noon), LocalChanges{.uplink = tried}) << "nothing of it decides anything";
}

TEST(LocalChanges, OneArmedTheGatewayIsOneOfTheLan) {
    Uplink uplink{.interface = "br-lan", .mode = UplinkMode::Static, .gateway = parse_ipv4("10.66.0.254")};
    EXPECT_EQ(why_not(uplink, of_the_server()), "");
    uplink.gateway = parse_ipv4("10.66.0.1");
    EXPECT_THAT(why_not(uplink, of_the_server()), HasSubstr("one-armed")) << "the router itself";
    uplink.gateway = parse_ipv4("192.0.2.1");
    EXPECT_THAT(why_not(uplink, of_the_server()), HasSubstr("one-armed"));
}

TEST(LocalChanges, AnUplinkThatOverlapsALanIsRefusedWithTheReason) {
    Uplink uplink{.interface = "uplink0",
                  .mode = UplinkMode::Static,
                  .address = parse_ipv4_prefix("10.66.2.9/24"),
                  .gateway = parse_ipv4("10.66.2.1")};
    EXPECT_THAT(why_not(uplink, of_the_server()), HasSubstr("overlaps the LAN \"lan\" (10.66.0.1/22)"));
    uplink.address = parse_ipv4_prefix("10.0.0.2/8");
    uplink.gateway = parse_ipv4("10.0.0.1");
    EXPECT_THAT(why_not(uplink, of_the_server()), HasSubstr("overlaps")) << "the other way round";
    uplink.address = parse_ipv4_prefix("192.0.2.2/24");
    EXPECT_THAT(why_not(uplink, of_the_server()), HasSubstr("gateway"));
    uplink.gateway = parse_ipv4("192.0.2.1");
    EXPECT_EQ(why_not(uplink, of_the_server()), "");
    EXPECT_EQ(overlaid(of_the_server(), {.uplink = uplink}, noon).uplink, uplink);
    uplink.gateway = parse_ipv4("192.0.2.2");
    EXPECT_NE(why_not(uplink, of_the_server()), "") << "its own address";
    EXPECT_NE(why_not({}, of_the_server()), "");
    EXPECT_EQ(why_not({.interface = "eth0"}, of_the_server()), "") << "by DHCP";
}

TEST(LocalChanges, ALanOfOneInterfaceIsThatOneAndOfSeveralABridge) {
    const auto one = with_topology(of_the_server(), {.lan = LanPorts{"eth1"}});
    EXPECT_EQ(one.networks.at(0).interface, "eth1");
    EXPECT_THAT(one.networks.at(0).ports, IsEmpty());
    EXPECT_EQ(one.uplink, of_the_server().uplink);
    const auto several = with_topology(of_the_server(), {.lan = LanPorts{"eth1", "eth2"}});
    EXPECT_EQ(several.networks.at(0).interface, local_bridge);
    EXPECT_EQ(several.networks.at(0).ports, (LanPorts{"eth1", "eth2"}));
    EXPECT_EQ(with_topology(Configuration{}, {.lan = LanPorts{"eth1"}}), Configuration{}) << "no network, no LAN";
    auto vlans = of_the_server();
    vlans.networks.push_back({.name = "crew", .interface = "br-lan", .vlan = 20, .address = *parse_ipv4_prefix("10.80.0.1/24")});
    vlans.networks.push_back({.name = "stage", .interface = "eth7", .address = *parse_ipv4_prefix("10.90.0.1/24")});
    const auto moved = with_topology(vlans, {.lan = LanPorts{"eth1", "eth2"}});
    EXPECT_EQ(device_name(moved.networks.at(1)), "vivi-lan.20") << "beside the first";
    EXPECT_EQ(moved.networks.at(2).interface, "eth7");
    EXPECT_EQ(overlaid(of_the_server(), {.lan = LanPorts{"eth1"}}, noon), one) << "it does not end";
}

TEST(LocalChanges, AnInterfaceIsNotBothSides) {
    const auto configuration = of_the_server();
    EXPECT_EQ(why_not(LanPorts{"eth1", "eth2"}, configuration.uplink, configuration), "");
    EXPECT_THAT(why_not(LanPorts{"eth1", "uplink0"}, configuration.uplink, configuration), HasSubstr("way to the Internet"));
    EXPECT_EQ(why_not(LanPorts{"eth1", "eth1"}, configuration.uplink, configuration), "eth1 is chosen twice");
    EXPECT_THAT(why_not(LanPorts{}, configuration.uplink, configuration), HasSubstr("no interface"));
    EXPECT_THAT(why_not(LanPorts{"eth1"}, Uplink{}, Configuration{}), HasSubstr("no network yet"));
}

TEST(LocalChanges, KeepWhatALanOnTrialReplaced) {
    const LocalChanges changes{
        .lan = LanPorts{"eth1", "eth2"},
        .trial = LocalTrial{.lan_before = LanPorts{"eth1"}, .wants_hub = false, .wants_person = true, .starts = 1}};
    EXPECT_EQ(parse_local_changes(to_json(changes)), changes);
    EXPECT_FALSE(parse_local_changes(Json{{"v", 1}, {"lan", Json::array()}}));
    const auto older = parse_local_changes(Json{{"v", 1}, {"trial", {{"starts", 2}}}});
    ASSERT_TRUE(older) << "of the version before";
    EXPECT_TRUE(older->trial->wants_hub);
}

}  // namespace
}  // namespace vivi::model
