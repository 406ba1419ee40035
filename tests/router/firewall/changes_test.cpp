// What lies between two plans: elements, or everything; and which connections must not go on.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/changes.hpp"

#include <gmock/gmock.h>

#include "router/firewall/memory.hpp"
#include "tests/router/firewall/venue.hpp"

namespace vivi::firewall {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::IsEmpty;

const Place phones{.address = *parse_address("10.66.0.51"), .device = phone};
const Facts leased{.leased = {phones}};

std::vector<std::string> names(const Changes& changes) {
    std::vector<std::string> names;
    for (const auto& set : changes.sets) names.push_back(set.set);
    return names;
}

TEST(FirewallChanges, ABanIsTwoElements) {
    auto banning = venue();
    banning.policy.devices = {{.device = phone}};
    const auto before = plan(venue(), leased, noon), after = plan(banning, leased, noon);
    const auto changes = difference(before, after);
    ASSERT_TRUE(changes);
    EXPECT_THAT(names(*changes), ElementsAre("banned_addresses", "banned_devices"));
    EXPECT_EQ(changes->sets[1].add, (std::set<Element>{{.key = {std::byte{2}, {}, {}, {}, {}, std::byte{1}}}}));
    EXPECT_EQ(to_forget(before, after), (Forget{.addresses = {phones.address}}));
    EXPECT_TRUE(difference(after, after)->empty());
    EXPECT_TRUE(to_forget(after, before).empty()) << "an unban needs no new connections";
}

TEST(FirewallChanges, AMapsKeyGetsItsNewValueInOneChange) {
    auto before = venue();
    before.policy.groups = {{.name = "crew", .devices = {phone}}, {.name = "guests", .devices = {laptop}}};
    auto after = before;
    std::swap(after.policy.groups[0].devices, after.policy.groups[1].devices);
    const auto from = plan(before, leased, noon), to = plan(after, leased, noon);
    const auto changes = difference(from, to);
    ASSERT_TRUE(changes);
    ASSERT_THAT(names(*changes), ElementsAre("views"));
    EXPECT_EQ(changes->sets[0].add.size(), 2U);
    EXPECT_EQ(changes->sets[0].remove.size(), 2U);
    EXPECT_THAT(to_forget(from, to).addresses, ElementsAre(phones.address)) << "its connections carry the old view's mark";
}

TEST(FirewallChanges, WhatBecomesRulesNeedsALoad) {
    const auto before = plan(venue(), {}, noon);
    const auto differs = [&](auto change) {
        auto configuration = venue();
        change(configuration);
        return !difference(before, plan(configuration, {}, noon));
    };
    EXPECT_TRUE(differs([](auto& c) { c.dns.strict = true; }));
    EXPECT_TRUE(differs([](auto& c) { c.policy.mode = model::Mode::AllowListed; }));
    EXPECT_TRUE(differs([](auto& c) { c.policy.new_devices = model::NewDevices::Deny; }));
    EXPECT_TRUE(differs([](auto& c) { c.policy.addresses = {rule("192.0.2.0/24")}; }));
    EXPECT_TRUE(differs([](auto& c) { c.policy.limits = {{.up_kbit = 1}}; }));
    EXPECT_TRUE(differs([](auto& c) { c.firewall.ipv6 = model::Ipv6Mode::Filter; }));
    EXPECT_TRUE(differs([](auto& c) { c.uplink.interface = "wan0"; }));
    EXPECT_FALSE(difference(before, plan(venue(), {.dns = DnsState::Fallback}, noon)));
    EXPECT_FALSE(differs([](auto& c) { c.policy.protected_devices = {till}; }));
    EXPECT_FALSE(differs([](auto& c) { c.dns.upstream = {"192.0.2.53"}; })) << "not the kernel's matter";
}

TEST(FirewallChanges, AnotherProgramOnPort53ForgetsConversationsWithTheOldOne) {
    const auto normal = plan(venue(), {}, noon), fallback = plan(venue(), {.dns = DnsState::Fallback}, noon);
    EXPECT_TRUE(to_forget(normal, fallback).dns);
    EXPECT_FALSE(to_forget(normal, normal).dns);
}

TEST(FirewallChanges, LosingAdmissionOrProtectionForgetsConnections) {
    auto before = venue();
    before.policy.new_devices = model::NewDevices::Ask;
    before.policy.devices = {{.device = phone, .decision = model::Decision::Allow}};
    auto after = before;
    after.policy.devices.clear();
    EXPECT_THAT(to_forget(plan(before, leased, noon), plan(after, leased, noon)).addresses, ElementsAre(phones.address));
    before.policy.protected_devices = {phone};
    EXPECT_THAT(to_forget(plan(before, leased, noon), plan(after, leased, noon)).addresses, ElementsAre(phones.address));
    EXPECT_THAT(to_forget(plan(after, leased, noon), plan(after, leased, noon)).addresses, IsEmpty());
}

TEST(FirewallChanges, KeysAreAsTheKernelKeepsThem) {
    const auto key = [](const Flow& flow) {
        std::string text;
        for (const auto octet : element_of(flow).key)
            text += "0123456789abcdef"[std::to_integer<int>(octet) >> 4],
                text += "0123456789abcdef"[std::to_integer<int>(octet) & 15];
        return text;
    };
    EXPECT_EQ(key({.protocol = 6,
                   .local = phones.address,
                   .remote = *parse_address("192.0.2.1"),
                   .local_port = 0x1234,
                   .remote_port = 443}),
              "06000000"
              "0a420033"
              "12340000"
              "c0000201"
              "01bb0000");
}

TEST(FirewallChanges, MemoryTakesThemOnlyWhenTheyFit) {
    auto banning = venue();
    banning.policy.devices = {{.device = phone}};
    const auto before = plan(venue(), leased, noon), after = plan(banning, leased, noon);
    Memory memory;
    EXPECT_EQ(memory.change(*difference(before, after)).error().code, Code::NotFound);
    ASSERT_TRUE(memory.load(before));
    ASSERT_TRUE(memory.change(*difference(before, after)));
    EXPECT_EQ(memory.elements, contents(after));
    EXPECT_FALSE(memory.change({.sets = {{.set = "views", .remove = {{.key = {}}}}}}));
}

}  // namespace
}  // namespace vivi::firewall
