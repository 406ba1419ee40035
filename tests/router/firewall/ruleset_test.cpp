// The ruleset as a person reads it.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/ruleset.hpp"

#include <gmock/gmock.h>

namespace vivi::firewall {
namespace {

using testing::HasSubstr;
using testing::Not;

const Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}};

model::Configuration venue() {
    model::Configuration configuration{.revision = 1};
    configuration.networks.push_back({.name = "lan", .interface = "br-lan", .address = *parse_ipv4_prefix("10.66.0.1/22")});
    configuration.uplink = {.interface = "uplink0", .mode = model::UplinkMode::Dhcp};
    return configuration;
}

TEST(FirewallRuleset, IsOneTransactionThatRefillsOnlyItsOwnChainsAndSets) {
    const auto text = render(venue(), {.devices = {phone, laptop}, .addresses = {*parse_ipv4("10.66.0.51")}});
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, R"(add table inet vivi
add set inet vivi banned_devices { type ether_addr; }
add set inet vivi banned_addresses { type ipv4_addr; }
add chain inet vivi prerouting { type filter hook prerouting priority raw; policy accept; }
add chain inet vivi input { type filter hook input priority filter; policy accept; }
add chain inet vivi forward { type filter hook forward priority filter; policy drop; }
add chain inet vivi output { type filter hook output priority filter; policy accept; }
add chain inet vivi postrouting { type nat hook postrouting priority srcnat; policy accept; }
flush chain inet vivi prerouting
flush chain inet vivi input
flush chain inet vivi forward
flush chain inet vivi output
flush chain inet vivi postrouting
flush set inet vivi banned_devices
flush set inet vivi banned_addresses
add element inet vivi banned_devices { 02:00:00:00:00:01, 02:00:00:00:00:02 }
add element inet vivi banned_addresses { 10.66.0.51 }
add rule inet vivi prerouting iifname { "br-lan" } ether saddr @banned_devices drop
add rule inet vivi prerouting iifname { "br-lan" } ip saddr @banned_addresses drop
add rule inet vivi input iifname "lo" accept
add rule inet vivi input ct state established,related accept
add rule inet vivi input iifname { "br-lan" } udp dport { 53, 67, 123 } accept
add rule inet vivi input iifname { "br-lan" } tcp dport { 53, 80 } accept
add rule inet vivi input iifname { "br-lan" } meta l4proto icmp accept
add rule inet vivi input iifname { "br-lan" } icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, echo-request } accept
add rule inet vivi input iifname { "br-lan" } drop
add rule inet vivi input iifname "uplink0" udp sport 67 udp dport 68 accept
add rule inet vivi input iifname "uplink0" udp dport 546 accept
add rule inet vivi input iifname "uplink0" icmp type { echo-request, destination-unreachable, time-exceeded } accept
add rule inet vivi input iifname "uplink0" meta l4proto ipv6-icmp accept
add rule inet vivi input iifname "uplink0" drop
add rule inet vivi forward ip saddr @banned_addresses drop
add rule inet vivi forward ip daddr @banned_addresses drop
add rule inet vivi forward ct state established,related accept
add rule inet vivi forward ct state invalid drop
add rule inet vivi forward iifname { "br-lan" } oifname "uplink0" meta nfproto ipv4 accept
add rule inet vivi output ip daddr @banned_addresses drop
add rule inet vivi postrouting oifname "uplink0" meta nfproto ipv4 masquerade
)");
}

TEST(FirewallRuleset, NeverDeletesTheTableAndHasNoEmptyBraces) {
    const auto text = render(venue(), {});
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, Not(HasSubstr("delete")));
    EXPECT_THAT(*text, Not(HasSubstr("flush table")));
    EXPECT_THAT(*text, Not(HasSubstr("add element")));
}

TEST(FirewallRuleset, BansComeBeforeTheEstablishedAccept) {
    const auto text = *render(venue(), {});
    EXPECT_LT(text.find("forward ip daddr @banned_addresses drop"), text.find("forward ct state established"));
}

TEST(FirewallRuleset, WithoutAnUplinkNothingIsForwarded) {
    auto configuration = venue();
    configuration.uplink.interface.clear();
    const auto text = *render(configuration, {});
    EXPECT_THAT(text, Not(HasSubstr("masquerade")));
    EXPECT_THAT(text, Not(HasSubstr("nfproto ipv4 accept")));
}

TEST(FirewallRuleset, RoutesPlainlyWhenTheUplinkKnowsTheWayBack) {
    auto configuration = venue();
    configuration.uplink.masquerade = false;
    EXPECT_THAT(*render(configuration, {}), Not(HasSubstr("masquerade")));
}

TEST(FirewallRuleset, SeveralNetworksShareTheirRules) {
    auto configuration = venue();
    configuration.networks.push_back({.name = "stage", .interface = "br-stage", .address = *parse_ipv4_prefix("10.67.0.1/24")});
    EXPECT_THAT(*render(configuration, {}), HasSubstr(R"(iifname { "br-lan", "br-stage" } oifname "uplink0")"));
}

TEST(FirewallRuleset, AnInterfaceNameIsNeverTextOfARule) {
    for (const auto* name : {"", "br\" accept", "eth0;", "a b", "sixteen-letters.", "br\nlan"}) {
        auto configuration = venue();
        configuration.networks[0].interface = name;
        EXPECT_FALSE(render(configuration, {})) << name;
    }
    auto configuration = venue();
    configuration.uplink.interface = "x\"; flush ruleset; \"";
    EXPECT_FALSE(render(configuration, {}));
}

}  // namespace
}  // namespace vivi::firewall
