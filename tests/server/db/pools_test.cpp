// How many addresses a pool has, and when it will be full.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/pools.hpp"

#include <gtest/gtest.h>

namespace vivi::db {
namespace {

constexpr WallTime now = from_unix_ms(1'795'370'402'123);

model::Network network(Ipv4 from, Ipv4 to) {
    return {.name = "lan",
            .interface = "br-lan",
            .address = {.address = {0x0a420001}, .length = 24},  // 10.66.0.1/24
            .dhcp = model::Dhcp{.from = from, .to = to}};
}

TEST(Pools, HaveTheAddressesThatCanBeLeased) {
    EXPECT_EQ(pool_size(network({0x0a420032}, {0x0a4200c8})), 151);
    EXPECT_EQ(pool_size(network({0x0a420000}, {0x0a4200ff})), 253) << "not the network's, the broadcast's, the router's";
    auto reserved = network({0x0a420032}, {0x0a420033});
    reserved.dhcp->reservations = {{.device = {}, .address = Ipv4{0x0a420005}},   // Outside of the range: one more.
                                   {.device = {}, .address = Ipv4{0x0a420032}},   // Inside: the same.
                                   {.device = {}, .address = Ipv4{0x0a420001}}};  // The router's.
    EXPECT_EQ(pool_size(reserved), 3);
    EXPECT_EQ(pool_size({.name = "guests"}), 0);
}

TEST(Pools, AreFullWhenTheyGoOnGrowing) {
    AddressPool pool{.size = 100, .leased = 80, .grown = 10};
    EXPECT_EQ(full_at(pool, now), now + std::chrono::minutes{60});
    pool.grown = 0;
    EXPECT_EQ(full_at(pool, now), std::nullopt);
    pool.grown = -5;
    EXPECT_EQ(full_at(pool, now), std::nullopt);
    pool = {.size = 10'000, .leased = 1, .grown = 1};
    EXPECT_EQ(full_at(pool, now), std::nullopt) << "that is months away";
    pool = {.size = 100, .leased = 100, .grown = 0};
    EXPECT_EQ(full_at(pool, now), now);
}

TEST(Pools, AreNearlyFullFromNineTenths) {
    EXPECT_FALSE((AddressPool{.size = 100, .leased = 89}.is_nearly_full()));
    EXPECT_TRUE((AddressPool{.size = 100, .leased = 90}.is_nearly_full()));
}

}  // namespace
}  // namespace vivi::db
