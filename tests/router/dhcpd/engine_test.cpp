// How addresses change hands: holds, leases, releases, conflicts, reservations, crowds.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/engine.hpp"

#include <gmock/gmock.h>

#include <set>

#include "tests/router/dhcpd/client.hpp"

namespace vivi::dhcpd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DhcpdEngine, GivesAnExpiredAddressToTheNextDevice) {
    Lan lan{one_address()};
    EXPECT_EQ(lan.join(phone), host(100));
    lan.wait(59s);
    EXPECT_EQ(lan.join(laptop), std::nullopt) << "the lease still has a second to run";
    lan.wait(1s);
    EXPECT_THAT(lan.topics(), ElementsAre("dhcp.lease.expired"));
    EXPECT_EQ(lan.join(laptop), host(100));
}

TEST(DhcpdEngine, SaysWhenItHasSomethingToDo) {
    Lan lan{one_address()};
    EXPECT_EQ(lan.engine.next_deadline(), std::nullopt);
    lan.join(phone);
    EXPECT_EQ(lan.engine.next_deadline(), lan.at + 60s);
    lan.wait(60s);
    EXPECT_EQ(lan.engine.next_deadline(), std::nullopt);
}

TEST(DhcpdEngine, HoldsAnOfferedAddress) {
    Lan lan{one_address()};
    EXPECT_EQ(lan.discover(phone), host(100));
    EXPECT_EQ(lan.discover(phone), host(100)) << "the same when asked again";
    lan.wait(59s);
    EXPECT_EQ(lan.discover(laptop), std::nullopt);
    lan.wait(1s);
    EXPECT_EQ(lan.discover(laptop), host(100));
}

TEST(DhcpdEngine, OffersEachOfABurstAnAddressOfItsOwn) {
    Lan network{lan(10, 209)};
    std::set<std::uint32_t> offered;
    for (std::uint32_t i = 0; i < 200; ++i) offered.insert(network.discover(device(i)).value_or(Ipv4{}).value);
    EXPECT_EQ(offered.size(), 200U);
    EXPECT_FALSE(offered.contains(0));
    EXPECT_EQ(network.discover(device(200)), std::nullopt);
}

TEST(DhcpdEngine, NeverOffersItsOwnNorTheNetworksOwnAddresses) {
    Lan network{lan(0, 255)};
    EXPECT_EQ(network.engine.pool().size(), 253U);
    std::set<std::uint32_t> given;
    for (std::uint32_t i = 0; i < 300; ++i) {
        if (const auto address = network.join(device(i))) given.insert(address->value);
    }
    EXPECT_EQ(given.size(), 253U);
    for (const auto never : {host(0), gateway, host(255)}) EXPECT_FALSE(given.contains(never.value));
}

TEST(DhcpdEngine, ReturnsTheOldAddressWhileOthersAreFree) {
    Lan network{lan(100, 102)};
    EXPECT_EQ(network.join(phone), host(100));
    network.wait(60s);
    EXPECT_EQ(network.join(laptop), host(101)) << "fresh ones first";
    EXPECT_EQ(network.join(phone), host(100));
}

TEST(DhcpdEngine, GivesAwayTheAddressThatWasUnusedTheLongest) {
    Lan network{lan(100, 102)};
    network.join(phone);
    network.wait(1s);
    network.join(laptop);
    network.wait(1s);
    network.join(tablet);
    network.release(laptop, host(101));
    network.wait(1s);
    network.release(phone, host(100));
    network.wait(1s);
    network.release(tablet, host(102));
    EXPECT_EQ(network.join(device(1)), host(101));
    EXPECT_EQ(network.join(device(2)), host(100));
    EXPECT_EQ(network.join(device(3)), host(102));
}

TEST(DhcpdEngine, GivesTheAddressADeviceAsksForWhenItIsFree) {
    Lan network{lan(100, 110)};
    const auto offer = network.send({.type = Type::Discover, .chaddr = phone, .requested = host(107)});
    EXPECT_EQ(offer->yiaddr, host(107));
    const auto other = network.send({.type = Type::Discover, .chaddr = laptop, .requested = host(200)});
    EXPECT_EQ(other->yiaddr, host(100)) << "outside the pool";
}

TEST(DhcpdEngine, AnEarlyRenewalGetsWhatIsLeftAndWritesNothing) {
    Lan lan{one_address(3600s)};
    lan.join(phone);
    lan.wait(899s);
    EXPECT_EQ(lan.renew(phone, host(100))->lease, 2701s);
    EXPECT_THAT(lan.last.changes, IsEmpty());
    lan.wait(1s);
    EXPECT_EQ(lan.renew(phone, host(100))->lease, 3600s);
}

// ---- RELEASE ----

TEST(DhcpdEngine, AReleasedAddressIsFreeAtOnce) {
    Lan lan{one_address()};
    lan.join(phone);
    lan.release(phone, host(100));
    EXPECT_THAT(lan.last.replies, IsEmpty());
    EXPECT_THAT(lan.topics(), ElementsAre("dhcp.lease.released"));
    EXPECT_EQ(lan.join(laptop), host(100));
}

TEST(DhcpdEngine, NobodyReleasesAnothersLease) {
    Lan lan{one_address()};
    lan.join(phone, id("phone"));
    lan.release(laptop, host(100), id("laptop"));
    lan.release(phone, host(100), id("other"));
    lan.release(laptop, host(100), id("phone"));
    lan.send({.type = Type::Release, .ciaddr = host(100), .chaddr = phone, .server_id = host(9), .client_id = id("phone")});
    EXPECT_EQ(lan.discover(tablet), std::nullopt);
}

// ---- DECLINE ----

TEST(DhcpdEngine, ADeclinedAddressRestsForMinutes) {
    Lan lan{one_address()};
    lan.join(phone);
    lan.decline(phone, host(100));
    EXPECT_THAT(lan.topics(), ElementsAre("dhcp.lease.declined", "dhcp.conflict"));
    EXPECT_EQ(lan.discover(laptop), std::nullopt);
    lan.wait(299s);
    EXPECT_EQ(lan.discover(laptop), std::nullopt);
    lan.wait(1s);
    EXPECT_EQ(lan.discover(laptop), host(100));
}

TEST(DhcpdEngine, ADeclineThatIsNotRightIsIgnored) {
    Lan lan{one_address()};
    lan.join(phone);
    lan.send({.type = Type::Decline, .chaddr = phone, .server_id = gateway});
    lan.send({.type = Type::Decline, .chaddr = phone, .requested = host(100)});
    lan.send({.type = Type::Decline, .chaddr = phone, .requested = host(100), .server_id = host(9)});
    lan.decline(laptop, host(100));
    EXPECT_EQ(lan.engine.counters().conflicts, 0U);
    EXPECT_EQ(lan.engine.pool().count(Binding::State::Leased), 1U);
}

TEST(DhcpdEngine, AFloodOfDeclinesLeavesFourFifthsOfThePool) {
    Lan network{lan(100, 149)};
    for (std::uint32_t i = 0; i < 200; ++i) {
        const auto address = network.join(device(i));
        if (address) network.decline(device(i), *address);
    }
    EXPECT_EQ(network.engine.pool().count(Binding::State::Quarantined), 10U);
    EXPECT_TRUE(network.join(phone));
}

// ---- reservations ----

TEST(DhcpdEngine, AReservedAddressIsOnlyItsOwners) {
    Lan network{lan(100, 100, 60s, {{.device = phone, .address = host(100), .hostname = "till"}})};
    EXPECT_EQ(network.discover(laptop), std::nullopt);
    EXPECT_EQ(network.join(phone), host(100));
    EXPECT_EQ(network.last.changes[0].lease.hostname, "till");
}

TEST(DhcpdEngine, AReservationOutsideThePoolWorks) {
    Lan network{lan(100, 100, 60s, {{.device = phone, .address = host(7)}})};
    EXPECT_EQ(network.join(phone, id("with an identifier")), host(7));
    EXPECT_EQ(network.join(laptop), host(100));
}

TEST(DhcpdEngine, AReservationWithoutAnAddressNamesTheDevice) {
    Lan network{lan(100, 100, 60s, {{.device = phone, .hostname = "printer"}})};
    const auto offer = network.send({.type = Type::Discover, .chaddr = phone, .parameters = {12}, .hostname = "rubbish"});
    EXPECT_EQ(offer->hostname, "printer");
    network.select(phone, host(100));
    EXPECT_EQ(network.last.changes[0].lease.hostname, "printer");
}

TEST(DhcpdEngine, ADeviceTakesItsReservedAddressFromItsBootRom) {
    Lan network{lan(100, 110, 60s, {{.device = phone, .address = host(7)}})};
    EXPECT_EQ(network.join(phone), host(7));
    EXPECT_EQ(network.join(phone, id("the system")), host(7));
    EXPECT_EQ(network.engine.pool().count(Binding::State::Leased), 1U);
}

TEST(DhcpdEngine, AReservationOfALeasedAddressWaitsForItsRenewal) {
    Lan network{lan(100, 110)};
    EXPECT_EQ(network.join(laptop), host(100));
    network.engine.configure(lan(100, 110, 60s, {{.device = phone, .address = host(100)}}), {}, network.now());

    EXPECT_EQ(network.join(phone), host(101)) << "another until its own is free";
    network.wait(30s);
    EXPECT_EQ(network.renew(laptop, host(100))->type, Type::Nak);
    EXPECT_EQ(network.renew(phone, host(101))->type, Type::Nak) << "its own is free now";
    EXPECT_EQ(network.join(phone), host(100));
    EXPECT_EQ(network.join(laptop), host(102));
}

// ---- crowds ----

TEST(DhcpdEngine, NewLeasesAreShortWhenThePoolIsNearlyFull) {
    Lan network{lan(100, 109, 3600s)};
    for (std::uint32_t i = 0; i < 8; ++i) {
        network.join(device(i));
        EXPECT_EQ(network.last.changes[0].lease.duration, 3600s) << i;
    }
    network.join(phone);
    EXPECT_EQ(network.last.changes[0].lease.duration, 300s);
    network.wait(1000s);
    EXPECT_EQ(network.renew(device(0), host(100))->lease, 3600s) << "the ninth has expired: room again";
    network.join(phone);
    network.wait(1000s);
    network.join(laptop);
    network.wait(100s);
    network.join(tablet);
    EXPECT_GE(*network.renew(device(1), host(101))->lease, 1500s) << "renewing takes nothing away";
}

TEST(DhcpdEngine, TellsOfACrowdedPoolOnce) {
    Lan network{lan(100, 109)};
    std::vector<std::string> told;
    for (std::uint32_t i = 0; i < 10; ++i) {
        network.join(device(i));
        for (const auto& alarm : network.last.alarms) told.emplace_back(alarm.topic);
    }
    EXPECT_THAT(told, ElementsAre("dhcp.pool"));
    network.wait(60s);
    for (std::uint32_t i = 0; i < 9; ++i) network.join(device(i));
    EXPECT_THAT(network.topics(), ElementsAre("dhcp.lease.granted", "dhcp.pool")) << "again after it was emptier";
}

TEST(DhcpdEngine, WhatCannotBeWrittenDownIsGivenForMinutes) {
    Lan network{lan(100, 110, 3600s)};
    network.engine.set_durable(false);
    network.join(phone);
    EXPECT_EQ(network.last.changes[0].lease.duration, 300s);
    network.engine.set_durable(true);
    EXPECT_EQ(network.renew(phone, host(100))->lease, 3600s) << "made good at the first chance";
}

TEST(DhcpdEngine, AMacThatChangesTenThousandTimesStarvesNobodyForLong) {
    Lan network{lan(10, 209, 3600s)};
    EXPECT_EQ(network.join(phone), host(10));
    for (std::uint32_t i = 0; i < 10'000; ++i) {
        network.discover(device(i));
        network.wait(1s);
    }
    EXPECT_EQ(network.engine.pool().count(Binding::State::Leased), 0U) << "the phone's hour is over";
    EXPECT_TRUE(network.join(laptop));
}

}  // namespace
}  // namespace vivi::dhcpd::test
