// What the engine learns from outside: leases of the time before, new configurations, answers to its probes.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "router/dhcpd/engine.hpp"
#include "tests/router/dhcpd/client.hpp"

namespace vivi::dhcpd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

model::Lease lease_of(Mac mac, Ipv4 address, WallTime expires_at, Seconds duration = 3600s) {
    return {.device = mac,
            .address = address,
            .network = "lan",
            .hostname = "phone",
            .duration = duration,
            .granted_at = expires_at - duration,
            .expires_at = expires_at};
}

bool restore(Lan& lan, const model::Lease& lease) {
    lan.last = {};
    return lan.engine.restore(lease, lan.now(), lan.last);
}

TEST(DhcpdMemory, ARestoredLeaseRunsOn) {
    Lan lan{one_address()};
    ASSERT_TRUE(restore(lan, lease_of(phone, host(100), lan.wall + 100s)));
    EXPECT_THAT(lan.last.changes, IsEmpty());
    EXPECT_EQ(lan.discover(laptop), std::nullopt);
    EXPECT_EQ(lan.reboot(phone, host(100))->type, Type::Ack);
    lan.wait(100s);
    EXPECT_THAT(lan.engine.leases(lan.now()), IsEmpty());
}

TEST(DhcpdMemory, WhatWasWrittenDownRestoresTheSame) {
    Lan before{lan(100, 110, 3600s)};
    before.send({.type = Type::Discover, .chaddr = phone, .client_id = id("\x01phone")});
    before.send({.type = Type::Request,
                 .chaddr = phone,
                 .requested = host(100),
                 .server_id = gateway,
                 .client_id = id("\x01phone"),
                 .hostname = "My Phone",
                 .vendor_class = "android-dhcp-14"});
    const auto written = before.last.changes.at(0).lease;
    EXPECT_EQ(written.hostname, "My-Phone");
    EXPECT_EQ(written.client_id, "0170686f6e65");

    Lan after{lan(100, 110, 3600s)};
    ASSERT_TRUE(restore(after, written));
    EXPECT_THAT(after.engine.leases(after.now()), ElementsAre(written));
}

TEST(DhcpdMemory, ALeaseThatIsOverIsRememberedAsTheLastAddress) {
    Lan network{lan(100, 110)};
    ASSERT_TRUE(restore(network, lease_of(phone, host(105), network.wall - 1s)));
    EXPECT_THAT(network.topics(), ElementsAre("dhcp.lease.expired"));
    EXPECT_EQ(network.join(phone), host(105));
}

TEST(DhcpdMemory, AClockOfThePastDoesNotImmortaliseLeases) {
    Lan lan{one_address()};
    const auto written = lease_of(phone, host(100), lan.wall + 3600s);
    lan.wall = from_unix_ms(1000);  // A Pi without a clock battery.
    ASSERT_TRUE(restore(lan, written));
    lan.wait(3600s);
    EXPECT_EQ(lan.discover(laptop), host(100)) << "its full duration, no more";
}

TEST(DhcpdMemory, AJumpOfTheClockExpiresNothing) {
    Lan lan{one_address()};
    lan.join(phone);
    lan.wall += 100h;
    EXPECT_THAT(lan.wait(59s).changes, IsEmpty());
    EXPECT_THAT(lan.wait(1s).changes, SizeIs(1));
}

TEST(DhcpdMemory, RefusesLeasesThatHaveNoPlaceHere) {
    Lan lan{one_address()};
    const auto expires = lan.wall + 60s;
    EXPECT_FALSE(restore(lan, lease_of(phone, {0xc0a80105}, expires)));
    EXPECT_FALSE(restore(lan, lease_of(phone, gateway, expires)));
    EXPECT_FALSE(restore(lan, lease_of(phone, host(255), expires)));
    auto elsewhere = lease_of(phone, host(100), expires);
    elsewhere.network = "guests";
    EXPECT_FALSE(restore(lan, elsewhere));
}

TEST(DhcpdMemory, WhatWasDecidedSinceTheStartWins) {
    Lan network{lan(100, 110)};
    EXPECT_EQ(network.join(laptop), host(100));
    EXPECT_TRUE(restore(network, lease_of(phone, host(100), network.wall + 60s)));
    EXPECT_EQ(network.renew(phone, host(100))->type, Type::Nak);
    EXPECT_TRUE(restore(network, lease_of(laptop, host(105), network.wall + 60s)));
    EXPECT_THAT(network.topics(), ElementsAre("dhcp.lease.released")) << "so that Redis forgets it";
}

TEST(DhcpdMemory, SurvivesNonsenseInTheStore) {
    Lan lan{one_address()};
    auto nonsense = lease_of(phone, host(100), from_unix_ms(INT64_MAX / 2), Seconds{-5});
    nonsense.client_id = "not hexadecimal";
    nonsense.hostname = std::string(300, '\xff');
    EXPECT_TRUE(restore(lan, nonsense));
    EXPECT_EQ(lan.join(laptop), host(100));
}

TEST(DhcpdMemory, ANewConfigurationKeepsTheLeases) {
    Lan network{lan(100, 110)};
    network.join(phone);
    EXPECT_THAT(network.engine.configure(lan(50, 60, 120s), {}, network.now()).changes, IsEmpty());
    EXPECT_EQ(network.engine.pool().count(Binding::State::Leased), 1U);
    EXPECT_EQ(network.join(laptop), host(50));
    network.wait(30s);
    EXPECT_EQ(network.renew(phone, host(100))->type, Type::Nak) << "its address left the pool";
    EXPECT_EQ(network.join(phone), host(51));
}

TEST(DhcpdMemory, LeasesEndWhenTheirNetworkMoves) {
    Lan network{lan(100, 110)};
    network.join(phone);
    auto moved = lan(100, 110);
    moved.address = {{0x0a430001}, 24};
    moved.dhcp->from = {0x0a430064};
    moved.dhcp->to = {0x0a43006e};
    const auto out = network.engine.configure(moved, {}, network.now());
    ASSERT_THAT(out.changes, SizeIs(1));
    EXPECT_EQ(out.changes[0].topic, "dhcp.lease.expired");
    EXPECT_EQ(network.renew(phone, host(100))->type, Type::Nak);
    EXPECT_EQ(network.discover(phone), Ipv4{0x0a430064});
}

// ---- probes ----

constexpr Tuning probing{.probe = 150ms};

TEST(DhcpdProbe, ANewAddressIsProbedBeforeItIsOffered) {
    Lan lan{one_address(), probing};
    EXPECT_EQ(lan.discover(phone), std::nullopt);
    ASSERT_THAT(lan.last.probes, SizeIs(1));
    EXPECT_EQ(lan.last.probes[0].address, host(100));
    EXPECT_EQ(lan.engine.next_deadline(), lan.at + 150ms);
    EXPECT_THAT(lan.wait(149ms).replies, IsEmpty());
    ASSERT_THAT(lan.wait(1ms).replies, SizeIs(1));
    EXPECT_EQ(lan.last.replies[0].message.yiaddr, host(100));
}

TEST(DhcpdProbe, OthersDoNotWaitForIt) {
    Lan network{lan(100, 110), probing};
    network.discover(phone);
    network.wait(100ms);
    EXPECT_EQ(network.discover(laptop), std::nullopt);
    ASSERT_THAT(network.wait(50ms).replies, SizeIs(1));
    EXPECT_EQ(network.last.replies[0].message.chaddr, phone);
    ASSERT_THAT(network.wait(100ms).replies, SizeIs(1));
    EXPECT_EQ(network.last.replies[0].message.yiaddr, host(101));
}

TEST(DhcpdProbe, AnAddressInUseIsQuarantinedAndTheNextIsTried) {
    Lan network{lan(100, 110), probing};
    network.discover(phone);
    network.last = network.engine.in_use(host(100), tablet, network.now());
    EXPECT_THAT(network.topics(), ElementsAre("dhcp.conflict"));
    EXPECT_EQ(network.last.alarms[0].device, tablet);
    ASSERT_THAT(network.last.probes, SizeIs(1));
    EXPECT_EQ(network.last.probes[0].address, host(101));
    network.wait(150ms);
    ASSERT_THAT(network.last.replies, SizeIs(1));
    EXPECT_EQ(network.last.replies[0].message.yiaddr, host(101));
    EXPECT_EQ(network.engine.pool().count(Binding::State::Quarantined), 1U);
}

TEST(DhcpdProbe, GivesUpAfterThreeConflictsForOneRequest) {
    Lan network{lan(100, 200), probing};
    network.discover(phone);
    for (std::uint32_t i = 0; i < 3; ++i) network.last = network.engine.in_use(host(100 + i), tablet, network.now());
    EXPECT_THAT(network.last.probes, IsEmpty());
    EXPECT_THAT(network.wait(10s).replies, IsEmpty());
    network.discover(phone);
    EXPECT_EQ(network.last.probes.at(0).address, host(103)) << "but it may ask again";
}

TEST(DhcpdProbe, TheDevicesOwnAnswerIsNoConflict) {
    Lan lan{one_address(), probing};
    lan.discover(phone);
    EXPECT_THAT(lan.engine.in_use(host(100), phone, lan.now()).alarms, IsEmpty());
    EXPECT_THAT(lan.wait(150ms).replies, SizeIs(1));
}

TEST(DhcpdProbe, AnAddressThatTheDeviceHadIsNotProbed) {
    Lan lan{one_address(), probing};
    lan.discover(phone);
    lan.wait(150ms);
    lan.select(phone, host(100));
    EXPECT_EQ(lan.discover(phone), host(100));
    lan.wait(60s);
    EXPECT_EQ(lan.discover(phone), host(100)) << "nor when the lease is over";
}

TEST(DhcpdProbe, AskingAgainMeanwhileGetsOneAnswerToTheNewerQuestion) {
    Lan lan{one_address(), probing};
    lan.send({.type = Type::Discover, .xid = 1, .chaddr = phone});
    lan.send({.type = Type::Discover, .xid = 2, .chaddr = phone});
    EXPECT_THAT(lan.last.probes, IsEmpty());
    ASSERT_THAT(lan.wait(150ms).replies, SizeIs(1));
    EXPECT_EQ(lan.last.replies[0].message.xid, 2U);
}

TEST(DhcpdProbe, ACrowdIsOfferedWithoutProbesBeyondTheBound) {
    Lan network{lan(10, 209), Tuning{.probe = 150ms, .most_parked = 5}};
    std::size_t at_once = 0;
    for (std::uint32_t i = 0; i < 20; ++i) at_once += network.discover(device(i)) ? 1 : 0;
    EXPECT_EQ(at_once, 15U);
    EXPECT_THAT(network.wait(150ms).replies, SizeIs(5));
}

TEST(DhcpdProbe, ANetworkThatMovesMeanwhileAnswersNothingOld) {
    Lan network{lan(100, 110), probing};
    network.discover(phone);
    auto moved = lan(100, 110);
    moved.address = {{0x0a430001}, 24};
    moved.dhcp->from = moved.dhcp->to = {0x0a430064};
    network.engine.configure(moved, {}, network.now());
    EXPECT_THAT(network.wait(150ms).replies, IsEmpty());
}

}  // namespace
}  // namespace vivi::dhcpd::test
