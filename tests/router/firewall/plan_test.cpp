// What the filter is to do, from the configuration and the moment.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/plan.hpp"

#include <gmock/gmock.h>

#include "tests/router/firewall/venue.hpp"

namespace vivi::firewall {
namespace {

using namespace test;
using policy::Layer;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const Place phones{.address = *parse_address("10.66.0.51"), .device = phone};

TEST(FirewallPlan, RulesStandInTheOrderOfDecision) {
    auto configuration = venue();
    auto& policy = configuration.policy;
    policy.groups = {{.name = "guests", .devices = {phone, laptop}}};
    policy.addresses = {rule("192.0.2.0/24"), rule("192.0.2.0/25"), rule("198.51.100.0/24", model::Decision::Allow),
                        rule("192.0.2.7/32", model::Decision::Deny, {.group = "guests"}),
                        rule("192.0.2.8/32", model::Decision::Allow, {.device = phone})};
    const auto made = plan(configuration, {}, noon);
    std::vector<std::pair<Layer, std::uint32_t>> order;
    for (const auto& one : made.rules) order.emplace_back(one.layer, one.position);
    EXPECT_THAT(order, ElementsAre(Pair(Layer::DeviceAllow, 4), Pair(Layer::GroupDeny, 3), Pair(Layer::EventAllow, 2),
                                   Pair(Layer::EventDeny, 1), Pair(Layer::EventDeny, 0)));
    EXPECT_THAT(made.groups, ElementsAre(Pair(policy::view_of_device(phone), policy::view_of_group("guests"))));
    EXPECT_EQ(made.rules[1].scope, policy::view_of_group("guests"));
}

TEST(FirewallPlan, PositionsAreTheDocumentsAlsoUnderASchedule) {
    auto configuration = venue();
    configuration.policy.addresses = {rule("192.0.2.0/24"), rule("198.51.100.0/24")};
    configuration.policy.origin.addresses = {4, 9};
    const auto made = plan(configuration, {}, noon);
    EXPECT_EQ(made.rules[0].position, 4U);
    EXPECT_EQ(made.rules[1].position, 9U);
}

TEST(FirewallPlan, ARuleThatIsOverIsNotInIt) {
    auto configuration = venue();
    configuration.policy.addresses = {rule("192.0.2.0/24", model::Decision::Deny, {.until = noon}),
                                      rule("198.51.100.0/24", model::Decision::Deny, {.until = noon + 1s})};
    EXPECT_EQ(plan(configuration, {}, noon).rules.size(), 1U);
}

TEST(FirewallPlan, OnlyWithNewDevicesToAskForIsAnybodyAdmitted) {
    auto configuration = venue();
    configuration.policy.devices = {{.device = phone, .decision = model::Decision::Allow},
                                    {.device = till, .decision = model::Decision::Allow, .until = noon}};
    EXPECT_TRUE(plan(configuration, {}, noon).admits_all);
    EXPECT_THAT(plan(configuration, {}, noon).admitted, IsEmpty());
    configuration.policy.new_devices = model::NewDevices::Ask;
    EXPECT_FALSE(plan(configuration, {}, noon).admits_all);
    EXPECT_THAT(plan(configuration, {}, noon).admitted, ElementsAre(phone));
}

TEST(FirewallPlan, LeasesAreForAntiSpoofingAlone) {
    auto configuration = venue();
    EXPECT_THAT(plan(configuration, {.leased = {phones}}, noon).leased, ElementsAre(Pair(*parse_ipv4("10.66.0.51"), phone)));
    configuration.firewall.anti_spoofing = false;
    EXPECT_THAT(plan(configuration, {.leased = {phones}}, noon).leased, IsEmpty());
}

TEST(FirewallPlan, DevicesAreVlansWhereTheNetworkIsOne) {
    auto configuration = venue();
    configuration.networks[0].vlan = 20;
    configuration.uplink = {.interface = "br-lan", .vlan = 10};
    const auto made = plan(configuration, {}, noon);
    EXPECT_EQ(made.topology, model::Topology::RouterOnAStick);
    EXPECT_EQ(made.lans[0].device, "br-lan.20");
    EXPECT_EQ(made.uplink, "br-lan.10");
}

TEST(FirewallLimits, TheNarrowestRowForEachDeviceAndEverySharedOneHold) {
    auto configuration = venue();
    auto& policy = configuration.policy;
    policy.groups = {{.name = "guests", .devices = {phone, laptop}}};
    policy.limits = {{.down_kbit = 1000},
                     {.group = "guests", .down_kbit = 2000},
                     {.device = phone, .down_kbit = 3000},
                     {.group = "guests", .each_device = false, .down_kbit = 9000},
                     {.each_device = false, .up_kbit = 50'000}};
    policy.protected_devices = {till};
    const auto made = plan(configuration, {.leased = {phones}}, noon);
    EXPECT_THAT(made.limit_classes, ElementsAre(ElementsAre(0, 4), ElementsAre(2, 3, 4), ElementsAre(1, 3, 4)));
    EXPECT_THAT(made.limited, ElementsAre(Pair(phone, 1), Pair(laptop, 2)));
    EXPECT_THAT(made.limited_addresses, ElementsAre(Pair(phones.address, 1)));
}

TEST(FirewallLimits, ARowOfADeviceIsAlwaysItsOwnAndProtectedDevicesHaveNone) {
    auto configuration = venue();
    configuration.policy.limits = {{.device = phone, .each_device = false, .up_kbit = 10}, {.device = till, .up_kbit = 10}};
    configuration.policy.protected_devices = {till};
    const auto made = plan(configuration, {}, noon);
    EXPECT_TRUE(made.limits[0].each_device);
    EXPECT_THAT(made.limited, ElementsAre(Pair(phone, 1)));
}

}  // namespace
}  // namespace vivi::firewall
