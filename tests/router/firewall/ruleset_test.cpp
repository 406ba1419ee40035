// The ruleset as a person reads it.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/ruleset.hpp"

#include <gmock/gmock.h>

#include "router/firewall/bundles.hpp"
#include "router/firewall/resolvers.hpp"
#include "tests/router/firewall/venue.hpp"

namespace vivi::firewall {
namespace {

using namespace test;
using model::Mode;
using testing::HasSubstr;
using testing::Not;

/// The rules of one chain, a line each.
std::string chain(const std::string& name, const model::Configuration& configuration, const Facts& facts = {}) {
    const auto text = render(plan(configuration, facts, noon));
    if (!text) return text.error().detail;
    const auto beginning = "add rule inet vivi " + name + " ";
    std::string rules;
    for (std::size_t at = 0; at < text->size();) {
        const auto end = text->find('\n', at);
        const auto line = text->substr(at, end - at);
        if (line.starts_with(beginning)) rules += line.substr(beginning.size()) + "\n";
        at = end + 1;
    }
    return rules;
}

TEST(FirewallRuleset, ForwardsInTheOrderOfThePolicy) {
    EXPECT_EQ(chain("forward", venue()), R"(ip saddr @banned_addresses counter name "hits_banned" drop
ip daddr @banned_addresses counter name "hits_banned" drop
ip6 saddr @banned_addresses6 counter name "hits_banned" drop
ip6 daddr @banned_addresses6 counter name "hits_banned" drop
meta nfproto ipv6 counter name "hits_ipv6" drop
ct state invalid drop
ct direction original goto up
ct direction reply goto down
)");
    EXPECT_EQ(chain("up", venue()), R"(iifname != { "br-lan" } drop
oifname != { "br-lan", "uplink0" } drop
ether saddr @protected_devices ct mark set 0x40000000 accept
meta l4proto . ip saddr . th sport . ip daddr . th dport @cut4 counter name "hits_cut" goto refuse
ct mark set meta mark
ct state related meta l4proto { icmp, ipv6-icmp } accept
meta l4proto { tcp, udp } th dport 53 counter name "hits_dns" goto refuse
accept
)");
    EXPECT_EQ(chain("down", venue()), R"(ct mark 0x40000000 accept
meta l4proto . ip daddr . th dport . ip saddr . th sport @cut4 counter name "hits_cut" goto refuse
ct state related meta l4proto { icmp, ipv6-icmp } accept
accept
)");
}

TEST(FirewallRuleset, DropsBansAndForgeriesBeforeAnythingElse) {
    EXPECT_EQ(chain("prerouting", venue()), R"(iifname { "br-lan" } ether saddr @banned_devices counter name "hits_banned" drop
ip saddr @banned_addresses counter name "hits_banned" drop
ip daddr @banned_addresses counter name "hits_banned" drop
ip6 saddr @banned_addresses6 counter name "hits_banned" drop
ip6 daddr @banned_addresses6 counter name "hits_banned" drop
iifname { "br-lan" } ip saddr @leased_addresses ip saddr . ether saddr != @leased counter name "hits_spoofed" drop
iifname "br-lan" ip saddr != { 0.0.0.0, 169.254.0.0/16, 10.66.0.0/22 } counter name "hits_spoofed" drop
iifname { "br-lan" } meta mark set ether saddr map @views
)");
    auto trusting = venue();
    trusting.firewall.anti_spoofing = false;
    EXPECT_THAT(chain("prerouting", trusting), Not(HasSubstr("spoofed")));
}

TEST(FirewallRuleset, ServesGuestsAndNobodyElse) {
    EXPECT_EQ(chain("input", venue()), R"(iifname "lo" accept
ct state established,related accept
iifname { "br-lan" } udp dport 67 accept
iifname { "br-lan" } udp dport { 53, 123 } accept
iifname { "br-lan" } tcp dport { 53, 80 } accept
iifname { "br-lan" } meta l4proto icmp accept
iifname { "br-lan" } icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, echo-request } accept
iifname { "br-lan" } tcp dport 443 reject with tcp reset
iifname "uplink0" udp sport 67 udp dport 68 accept
iifname "uplink0" udp dport 546 accept
iifname "uplink0" icmp type { echo-request, destination-unreachable, time-exceeded } accept
iifname "uplink0" meta l4proto ipv6-icmp accept
iifname "uplink0" drop
iifname { "br-lan" } drop
)");
}

TEST(FirewallRuleset, AnswersDnsItselfAndFallsBackByView) {
    EXPECT_EQ(chain("redirect_dns", venue()),
              R"(iifname { "br-lan" } ether saddr @protected_devices fib daddr type != local accept
iifname { "br-lan" } meta l4proto { tcp, udp } th dport 53 redirect to :53
)");
    auto configuration = venue();
    configuration.policy.groups = {{.name = "guests", .devices = {phone}, .mode = Mode::AllowListed}};
    configuration.policy.new_devices = model::NewDevices::Ask;
    const Facts fallback{.dns = DnsState::Fallback};
    EXPECT_EQ(chain("redirect_dns", configuration, fallback),
              R"(iifname { "br-lan" } ether saddr @protected_devices fib daddr type != local accept
iifname { "br-lan" } ether saddr @protected_devices meta l4proto { tcp, udp } th dport 53 redirect to :5335
iifname { "br-lan" } ether saddr @admitted_devices meta mark { 0x00000000 } meta l4proto { tcp, udp } th dport 53 redirect to :5335
)");
    EXPECT_THAT(chain("input", configuration, fallback),
                HasSubstr("ct status dnat meta l4proto { tcp, udp } th dport 5335 accept"));
    configuration.policy.mode = Mode::AllowListed;
    EXPECT_THAT(chain("redirect_dns", configuration, fallback), Not(HasSubstr("meta mark"))) << "closed for everybody";
    configuration = venue();
    configuration.firewall.redirect_dns = false;
    EXPECT_EQ(chain("redirect_dns", configuration), "");
    EXPECT_THAT(chain("redirect_dns", configuration, fallback), HasSubstr("meta mark { 0x00000000 } fib daddr type local"));
    EXPECT_THAT(chain("up", configuration), Not(HasSubstr("hits_dns")));
}

TEST(FirewallRuleset, AllowListedViewsMustBeInTheSets) {
    auto configuration = venue();
    configuration.policy.groups = {{.name = "guests", .devices = {phone}, .mode = Mode::AllowListed}};
    EXPECT_THAT(chain("up", configuration), HasSubstr("meta mark { 0x01f0acf2 } goto up_allowed\naccept\n"));
    EXPECT_EQ(chain("up_allowed", configuration),
              R"(meta mark . ip daddr @allowed4 update @allowed4 { meta mark . ip daddr timeout 3660s } accept
counter name "hits_default" goto refuse
)");
    EXPECT_EQ(chain("down_allowed", configuration), "ct mark . ip saddr @allowed4 accept\ncounter name \"hits_default\" drop\n");
}

TEST(FirewallRuleset, RulesOfDevicesAndGroupsAreInChainsOfTheirViews) {
    auto configuration = venue();
    configuration.policy.groups = {{.name = "guests", .devices = {phone, laptop}}};
    configuration.policy.addresses = {rule("192.0.2.0/24", model::Decision::Deny, {.device = phone}),
                                      rule("198.51.100.0/24", model::Decision::Allow, {.group = "guests"}),
                                      rule("203.0.113.0/24")};
    configuration.policy.addresses[2].transport = model::Transport::Tcp;
    configuration.policy.addresses[2].port = 443;
    EXPECT_THAT(chain("up", configuration),
                HasSubstr("meta mark vmap { 0x01f0acf2 : jump up_01f0acf2, 0x34913f9c : jump up_34913f9c }\n"
                          "ip daddr 203.0.113.0/24 tcp dport 443 counter name \"deny_"));
    EXPECT_THAT(chain("up_34913f9c", configuration),
                testing::MatchesRegex("ip daddr 192.0.2.0/24 counter name \"deny_[0-9a-f]*\" "
                                      "goto refuse\njump up_01f0acf2\n"));
    EXPECT_THAT(chain("down_01f0acf2", configuration),
                testing::MatchesRegex("ip saddr 198.51.100.0/24 counter name \"allow_[0-9a-f]*\" accept\n"));
}

TEST(FirewallRuleset, ManyRulesAreASetWithOneCounter) {
    auto configuration = venue();
    for (std::size_t i = 0; i <= most_single_rules; ++i)
        configuration.policy.addresses.push_back(rule("192.0.2." + std::to_string(i) + "/32"));
    const auto made = plan(configuration, {}, noon);
    ASSERT_EQ(bundles(made).size(), 1U);
    EXPECT_EQ(bundles(made)[0].description(), "65 addresses (deny, everybody)");
    EXPECT_THAT(*render(made), HasSubstr(" { 192.0.2.0/26, 192.0.2.64/32 }\n"));
    EXPECT_THAT(chain("up", configuration), HasSubstr("ip daddr @prefixes4_" + bundles(made)[0].id + " counter"));
}

TEST(FirewallRuleset, CountersKeepTheirNamesAndSayWhatTheyCount) {
    auto configuration = venue();
    configuration.policy.addresses = {rule("192.0.2.0/24"), rule("198.51.100.0/24")};
    const auto before = bundles(plan(configuration, {}, noon));
    configuration.policy.addresses.erase(configuration.policy.addresses.begin());
    const auto after = bundles(plan(configuration, {}, noon));
    EXPECT_EQ(before[1].counter(), after[0].counter()) << "whatever its position";
    EXPECT_EQ(before[1].pointer(), "/addresses/1");
    EXPECT_EQ(after[0].description(), "address 198.51.100.0/24 (deny, everybody)");
}

TEST(FirewallRuleset, StrictModeRefusesEncryptedDnsAndQuic) {
    auto configuration = venue();
    configuration.dns.strict = true;
    EXPECT_THAT(chain("up", configuration),
                HasSubstr(R"(meta l4proto { tcp, udp } th dport 853 counter name "hits_strict" goto refuse
udp dport 443 counter name "hits_strict" goto refuse
ip daddr @resolvers4 tcp dport 443 counter name "hits_strict" goto refuse
)"));
    for (const auto text : public_resolvers()) EXPECT_TRUE(parse_ip_prefix(text)) << text;
}

TEST(FirewallRuleset, NewDevicesAreRefusedBeforeAnyRuleButAfterProtection) {
    auto configuration = venue();
    configuration.policy.new_devices = model::NewDevices::Deny;
    configuration.policy.addresses = {rule("192.0.2.0/24", model::Decision::Allow)};
    const auto up = chain("up", configuration);
    EXPECT_LT(up.find("@protected_devices"), up.find("ether saddr != @admitted_devices"));
    EXPECT_LT(up.find("ether saddr != @admitted_devices"), up.find("192.0.2.0/24"));
}

TEST(FirewallRuleset, IPv6IsFilteredWhenAskedAndNeverWithOneArm) {
    auto configuration = venue();
    configuration.firewall.ipv6 = model::Ipv6Mode::Filter;
    configuration.policy.addresses = {rule("2001:db8::/32")};
    EXPECT_THAT(chain("forward", configuration), Not(HasSubstr("nfproto ipv6")));
    EXPECT_THAT(chain("up", configuration), HasSubstr("ip6 daddr 2001:db8::/32"));
    EXPECT_THAT(chain("up", configuration), HasSubstr("@cut6"));
    configuration.uplink = {.interface = "br-lan", .gateway = *parse_ipv4("10.66.0.2")};
    EXPECT_THAT(chain("forward", configuration), HasSubstr("meta nfproto ipv6"));
    EXPECT_THAT(chain("up", configuration), Not(HasSubstr("ip6")));
}

TEST(FirewallRuleset, WithOneArmASourceInTheNetworkIsAGuest) {
    auto configuration = venue();
    configuration.uplink = {.interface = "br-lan", .gateway = *parse_ipv4("10.66.0.2"), .masquerade = false};
    EXPECT_THAT(chain("up", configuration), HasSubstr("ip saddr != { 10.66.0.0/22 } drop"));
    EXPECT_EQ(chain("postrouting", configuration),
              "oifname \"br-lan\" ip saddr { 10.66.0.0/22 } ip daddr != { 10.66.0.0/22 } masquerade\n")
        << "whatever the setting: answers would pass us by";
    EXPECT_THAT(chain("prerouting", configuration), Not(HasSubstr("ip saddr != {")));
    EXPECT_THAT(chain("input", configuration),
                HasSubstr("iifname { \"br-lan\" } ip saddr { 10.66.0.0/22 } udp dport { 53, 123 }"));
}

TEST(FirewallRuleset, VlansOfOneInterfaceAreDevicesOfTheirOwn) {
    auto configuration = venue();
    configuration.networks[0].vlan = 20;
    configuration.uplink = {.interface = "br-lan", .vlan = 10};
    EXPECT_THAT(chain("up", configuration),
                HasSubstr("iifname != { \"br-lan.20\" } drop\noifname != { \"br-lan.10\", \"br-lan.20\" }"));
    EXPECT_EQ(chain("postrouting", configuration), "oifname \"br-lan.10\" meta nfproto ipv4 masquerade\n");
}

TEST(FirewallRuleset, LimitsAreBucketsOfDevicesOrShared) {
    auto configuration = venue();
    configuration.policy.limits = {{.up_kbit = 1000, .down_kbit = 2000}, {.each_device = false, .down_kbit = 8000}};
    EXPECT_EQ(chain("limit_up_0", configuration),
              "update @rate_up_1000 { ether saddr limit rate over 125000 bytes/second burst 65536 bytes } counter name "
              "\"hits_limited\" drop\n");
    EXPECT_EQ(chain("limit_down_0", configuration),
              "update @rate_down4_2000 { ip daddr limit rate over 250000 bytes/second burst 65536 bytes } counter name "
              "\"hits_limited\" drop\n"
              "limit name \"shared_1_down_8000\" counter name \"hits_limited\" drop\n");
    EXPECT_EQ(chain("limits", venue()), "");
}

TEST(FirewallRuleset, WithoutAnUplinkOrNetworksNothingLeaves) {
    auto configuration = venue();
    configuration.uplink.interface.clear();
    EXPECT_THAT(chain("up", configuration), HasSubstr("oifname != { \"br-lan\" } drop"));
    EXPECT_EQ(chain("postrouting", configuration), "");
    configuration.networks.clear();
    EXPECT_EQ(chain("up", configuration), "");
    EXPECT_THAT(*render(plan(configuration, {}, noon)), HasSubstr("hook forward priority filter; policy drop;"));
}

TEST(FirewallRuleset, RoutesPlainlyWhenTheUplinkKnowsTheWayBack) {
    auto configuration = venue();
    configuration.uplink.masquerade = false;
    EXPECT_EQ(chain("postrouting", configuration), "");
}

TEST(FirewallRuleset, NeverDeletesTheTableNorEmptiesWhatOthersFill) {
    const auto text = *render(plan(venue(), {}, noon));
    EXPECT_THAT(text, Not(HasSubstr("delete")));
    EXPECT_THAT(text, Not(HasSubstr("flush table")));
    EXPECT_THAT(text, Not(HasSubstr("flush set inet vivi allowed")));
    EXPECT_THAT(text, Not(HasSubstr("flush set inet vivi cut")));
    EXPECT_THAT(text, Not(HasSubstr("{ }")));
    EXPECT_THAT(text, Not(HasSubstr("add element")));
}

TEST(FirewallRuleset, OnlyWhatIsOursAndNotWantedIsDeleted) {
    const Objects found{.chains = {{"up_01", 2}, {"up", 3}, {"mine", 1}},
                        .sets = {"prefixes4_1", "foreign", "allowed4"},
                        .counters = {"deny_1"},
                        .limits = {"shared_0_up_5"}};
    EXPECT_EQ(deletion(found, {.chains = {{"up", 3}}}), R"(flush chain inet vivi up_01
delete chain inet vivi up_01
delete set inet vivi prefixes4_1
delete counter inet vivi deny_1
delete limit inet vivi shared_0_up_5
)");
    EXPECT_EQ(deletion(found, found), "");
}

TEST(FirewallRuleset, AnInterfaceNameIsNeverTextOfARule) {
    for (const auto* name : {"", "br\" accept", "eth0;", "a b", "sixteen-letters.", "br\nlan"}) {
        auto configuration = venue();
        configuration.networks[0].interface = name;
        EXPECT_FALSE(render(plan(configuration, {}, noon))) << name;
    }
    auto configuration = venue();
    configuration.uplink.interface = "x\"; flush ruleset; \"";
    EXPECT_FALSE(render(plan(configuration, {}, noon)));
}

}  // namespace
}  // namespace vivi::firewall
