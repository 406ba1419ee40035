// Who is behind an address: what leases and neighbours say, and which of them is believed.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/device_table.hpp"

#include <gmock/gmock.h>

#include "tests/router/dnsd/venue.hpp"

namespace vivi::dnsd {
namespace {

using namespace vivi::test;  // NOLINT: the builders are the words of these tests.

constexpr Mac stranger{{2, 0, 0, 0, 0, 9}};
const auto phone_at = to_mapped(phone_address);

TEST(DnsdDeviceTable, BelievesANeighbourMoreThanALease) {
    DeviceTable table{8, {1, 2}};
    EXPECT_EQ(table.find(phone_at).device, std::nullopt);
    table.set_leases(std::vector{lease(phone, phone_address, "phone")});
    EXPECT_EQ(table.find(phone_at).device, phone);
    table.add_neighbour({phone_at, stranger});
    EXPECT_EQ(table.find(phone_at).device, stranger) << "it is who sends now";
    table.remove_neighbour(phone_at);
    EXPECT_EQ(table.find(phone_at).device, phone);
    table.set_leases({});
    EXPECT_EQ(table.find(phone_at).device, std::nullopt);
    EXPECT_EQ(table.size(), 0U);
}

TEST(DnsdDeviceTable, ReplacesWhatOneSourceSaid) {
    DeviceTable table{8, {1, 2}};
    const auto ipv6 = *parse_ipv6("fe80::1");
    table.set_leases(std::vector{lease(phone, phone_address, "")});
    table.set_neighbours(std::vector<Neighbour>{{ipv6, laptop}});
    EXPECT_EQ(table.find(ipv6).device, laptop);
    table.set_neighbours({});
    EXPECT_EQ(table.find(ipv6).device, std::nullopt);
    EXPECT_EQ(table.find(phone_at).device, phone) << "leases stay";
}

TEST(DnsdDeviceTable, IsBounded) {
    DeviceTable table{2, {1, 2}};
    for (std::uint8_t i = 1; i <= 4; ++i) table.add_neighbour({Ipv6{{0xfe, 0x80, i}}, stranger});
    EXPECT_EQ(table.size(), 2U);
    EXPECT_EQ(table.refused(), 2U);
    EXPECT_EQ(table.find(Ipv6{{0xfe, 0x80, 4}}).device, std::nullopt) << "treated as new";
    table.remove_neighbour(Ipv6{{0xfe, 0x80, 1}});
    table.add_neighbour({Ipv6{{0xfe, 0x80, 4}}, stranger});
    EXPECT_EQ(table.find(Ipv6{{0xfe, 0x80, 4}}).device, stranger);
}

TEST(DnsdDeviceTable, SpeaksOfSubjectsOfThePolicyInForce) {
    DeviceTable table{8, {1, 2}};
    table.add_neighbour({phone_at, phone});
    model::Policy policy;
    policy.devices = {{.device = phone}};
    policy.new_devices = model::NewDevices::Deny;
    const auto owned = OwnedPolicy::make(policy);
    table.set_policy(*owned);
    EXPECT_EQ(table.find(phone_at).subject.standing, policy::Standing::Banned);
    EXPECT_EQ(table.find(to_mapped(laptop_address)).subject.standing, policy::Standing::New);
    table.add_neighbour({to_mapped(laptop_address), laptop});
    EXPECT_EQ(table.find(to_mapped(laptop_address)).subject.standing, policy::Standing::New) << "known, but admitted by nobody";
}

}  // namespace
}  // namespace vivi::dnsd
