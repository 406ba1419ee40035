// What each message of RFC 2131 is answered with.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "common/wire/udp_frame.hpp"
#include "router/dhcpd/engine.hpp"
#include "tests/router/dhcpd/client.hpp"

namespace vivi::dhcpd::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool is_nak(const std::optional<Message>& answer) { return answer && answer->type == Type::Nak; }
bool is_ack(const std::optional<Message>& answer) { return answer && answer->type == Type::Ack; }

TEST(DhcpdMessages, AJoiningDeviceGetsOfferAndAck) {
    Lan lan{one_address()};
    const auto offer = lan.send({.type = Type::Discover, .xid = 7, .chaddr = phone});
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->type, Type::Offer);
    EXPECT_EQ(offer->yiaddr, host(100));
    EXPECT_EQ(offer->server_id, gateway);
    EXPECT_THAT(lan.last.changes, IsEmpty()) << "an offer is not written down";

    const auto ack = lan.send({.type = Type::Request, .xid = 8, .chaddr = phone, .requested = host(100), .server_id = gateway});
    ASSERT_TRUE(is_ack(ack));
    EXPECT_EQ(ack->xid, 8U);
    EXPECT_EQ(ack->yiaddr, host(100));
    EXPECT_EQ(ack->lease, 60s);
    EXPECT_THAT(lan.topics(), ElementsAre("dhcp.lease.granted"));
    EXPECT_EQ(lan.last.changes[0].lease.device, phone);
    EXPECT_EQ(lan.last.changes[0].lease.expires_at, lan.wall + 60s);
}

TEST(DhcpdMessages, DevicesGetTheAddressesInOrder) {
    Lan network{lan(100, 102)};
    EXPECT_EQ(network.join(phone), host(100));
    EXPECT_EQ(network.join(laptop), host(101));
    EXPECT_EQ(network.join(tablet), host(102));
}

TEST(DhcpdMessages, AFullPoolIsSilence) {
    Lan lan{one_address()};
    lan.join(phone);
    EXPECT_EQ(lan.discover(laptop), std::nullopt);
    EXPECT_EQ(lan.engine.counters().exhausted, 1U);
}

TEST(DhcpdMessages, TheClientIdentifierComesBackByteForByte) {
    Lan lan{one_address()};
    const auto identifier = Bytes{std::byte{0xff}, std::byte{0}, std::byte{0x80}};
    const auto offer = lan.send({.type = Type::Discover, .chaddr = phone, .client_id = identifier});
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->client_id, identifier) << "RFC 6842";
    EXPECT_EQ(lan.select(laptop, host(100), identifier)->client_id, identifier) << "in a NAK too";
}

TEST(DhcpdMessages, ADeviceWithAnotherIdentifierIsAnotherClient) {
    Lan lan{one_address()};
    lan.join(phone, id("one"));
    EXPECT_EQ(lan.discover(phone, id("two")), std::nullopt);
}

TEST(DhcpdMessages, RequestingAnotherDevicesAddressIsRefused) {
    Lan lan{one_address()};
    lan.join(phone);
    const auto answer = lan.select(laptop, host(100));
    ASSERT_TRUE(is_nak(answer));
    EXPECT_EQ(answer->server_id, gateway);
    EXPECT_EQ(answer->yiaddr, Ipv4{});
    EXPECT_EQ(answer->lease, std::nullopt);
}

TEST(DhcpdMessages, ARequestSurvivesTheRestartThatForgotItsOffer) {
    Lan lan{one_address()};
    EXPECT_TRUE(is_ack(lan.select(phone, host(100))));
}

TEST(DhcpdMessages, ARebootedDeviceKeepsItsAddress) {
    Lan lan{one_address()};
    lan.join(phone);
    EXPECT_TRUE(is_ack(lan.reboot(phone, host(100))));
}

TEST(DhcpdMessages, ARebootedDeviceFromAnotherNetworkIsToldAtOnce) {
    Lan lan{one_address()};
    EXPECT_TRUE(is_nak(lan.reboot(phone, {0xc0a80105})));
}

TEST(DhcpdMessages, ARebootedDeviceWithAnAddressThatIsNotItsIsRefused) {
    Lan network{lan(100, 101)};
    network.join(phone);
    EXPECT_TRUE(is_nak(network.reboot(phone, host(101))));
}

TEST(DhcpdMessages, ARebootedStrangerIsLeftToOtherServers) {
    Lan lan{one_address()};
    EXPECT_EQ(lan.reboot(phone, host(100)), std::nullopt) << "RFC 2131 section 4.3.2: MUST remain silent";
}

TEST(DhcpdMessages, ARequestThatNamesNothingIsSilence) {
    Lan lan{one_address()};
    EXPECT_EQ(lan.send({.type = Type::Request, .chaddr = phone}), std::nullopt);
    EXPECT_EQ(lan.send({.type = Type::Request, .chaddr = phone, .server_id = gateway}), std::nullopt);
}

TEST(DhcpdMessages, RenewingExtendsTheLease) {
    Lan lan{one_address()};
    lan.join(phone);
    lan.wait(30s);
    const auto ack = lan.renew(phone, host(100));
    ASSERT_TRUE(is_ack(ack));
    EXPECT_EQ(ack->lease, 60s);
    EXPECT_EQ(ack->ciaddr, host(100));
    EXPECT_THAT(lan.topics(), ElementsAre("dhcp.lease.renewed"));
    EXPECT_EQ(lan.last.changes[0].lease.granted_at + 30s, lan.wall) << "the first grant stays known";
    lan.wait(59s);
    EXPECT_EQ(lan.discover(laptop), std::nullopt);
}

TEST(DhcpdMessages, RenewingWhatAnotherHasIsRefused) {
    Lan lan{one_address()};
    lan.join(phone);
    EXPECT_TRUE(is_nak(lan.renew(laptop, host(100))));
    EXPECT_TRUE(is_nak(lan.renew(laptop, {0xc0a80105}))) << "or what is of another network";
    EXPECT_TRUE(is_ack(lan.renew(phone, host(100)))) << "the owner is not disturbed";
}

TEST(DhcpdMessages, RenewingWorksAfterTheStoreWasLost) {
    Lan lan{one_address()};
    EXPECT_TRUE(is_ack(lan.renew(phone, host(100))));
    EXPECT_THAT(lan.topics(), ElementsAre("dhcp.lease.granted"));
}

TEST(DhcpdMessages, ChoosingAnotherServerFreesTheOfferAtOnce) {
    Lan lan{one_address()};
    lan.discover(phone);
    EXPECT_EQ(lan.discover(laptop), std::nullopt) << "held";
    EXPECT_EQ(lan.send({.type = Type::Request, .chaddr = phone, .requested = host(7), .server_id = host(9)}), std::nullopt);
    EXPECT_EQ(lan.discover(laptop), host(100));
}

TEST(DhcpdMessages, InformGetsOptionsAndNoLease) {
    Lan lan{one_address()};
    const auto ack = lan.send({.type = Type::Inform, .ciaddr = host(20), .chaddr = phone, .parameters = {1, 3, 6, 15, 51}});
    ASSERT_TRUE(is_ack(ack));
    EXPECT_EQ(ack->yiaddr, Ipv4{});
    EXPECT_EQ(ack->lease, std::nullopt);
    EXPECT_EQ(ack->renewal, std::nullopt);
    EXPECT_THAT(ack->routers, ElementsAre(gateway));
    EXPECT_EQ(lan.last.replies[0].to_address, host(20));
    EXPECT_EQ(lan.last.replies[0].to_mac, phone);
    EXPECT_EQ(lan.engine.pool().used(), 0U);
}

TEST(DhcpdMessages, InformWithoutAnAddressOrFromAnotherNetworkIsSilence) {
    Lan lan{one_address()};
    EXPECT_EQ(lan.send({.type = Type::Inform, .chaddr = phone}), std::nullopt);
    EXPECT_EQ(lan.send({.type = Type::Inform, .ciaddr = {0xc0a80105}, .chaddr = phone}), std::nullopt);
    EXPECT_TRUE(is_ack(lan.send({.type = Type::Inform, .ciaddr = host(20), .chaddr = phone, .server_id = host(9)})))
        << "an identifier that has no business there is borne";
}

TEST(DhcpdMessages, AnOfferIgnoresAddressesThatTheClientInvented) {
    Lan lan{one_address()};
    const auto offer = lan.send({.type = Type::Discover, .ciaddr = {0xffffffff}, .yiaddr = {1}, .chaddr = phone});
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->ciaddr, Ipv4{});
    EXPECT_EQ(lan.last.replies[0].to_address, host(100));
}

struct Destination {
    const char* name;
    bool broadcast;
    Ipv4 ciaddr;
    Ipv4 asked;
    Mac to_mac;
    Ipv4 to_address;
};

class Destinations : public testing::TestWithParam<Destination> {};

TEST_P(Destinations, FollowRfc2131Section41) {
    const auto& row = GetParam();
    Lan lan{one_address()};
    lan.send({.type = Type::Request,
              .broadcast = row.broadcast,
              .ciaddr = row.ciaddr,
              .chaddr = phone,
              .requested = row.ciaddr == Ipv4{} ? std::optional{row.asked} : std::nullopt,
              .server_id = row.ciaddr == Ipv4{} ? std::optional{gateway} : std::nullopt});
    ASSERT_EQ(lan.last.replies.size(), 1U);
    EXPECT_EQ(lan.last.replies[0].to_mac, row.to_mac);
    EXPECT_EQ(lan.last.replies[0].to_address, row.to_address);
    EXPECT_EQ(lan.last.replies[0].message.broadcast, row.broadcast) << "flags are echoed";
}

INSTANTIATE_TEST_SUITE_P(
    Dhcpd, Destinations,
    testing::Values(Destination{"StraightToYiaddr", false, {}, host(100), phone, host(100)},
                    Destination{"BroadcastWhenAskedFor", true, {}, host(100), wire::broadcast_mac, wire::broadcast_ipv4},
                    Destination{"ToCiaddrWhenRenewing", false, host(100), {}, phone, host(100)},
                    Destination{"ToCiaddrWhateverTheFlag", true, host(100), {}, phone, host(100)},
                    Destination{"NakIsBroadcast", false, {}, host(7), wire::broadcast_mac, wire::broadcast_ipv4},
                    Destination{"NakToARenewingClientToo", false, host(7), {}, wire::broadcast_mac, wire::broadcast_ipv4}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(DhcpdMessages, OnlyWhatWasAskedForIsAnswered) {
    auto network = lan(100, 100);
    network.dhcp->ntp = {gateway};
    Lan lan{network};
    const auto offer = lan.send({.type = Type::Discover, .chaddr = phone, .parameters = {42, 28, 1}});
    ASSERT_TRUE(offer);
    EXPECT_EQ(offer->subnet_mask, Ipv4{0xffffff00});
    EXPECT_EQ(offer->broadcast_address, host(255));
    EXPECT_THAT(offer->ntp, ElementsAre(gateway));
    EXPECT_THAT(offer->routers, IsEmpty());
    EXPECT_THAT(offer->dns, IsEmpty());
    EXPECT_EQ(offer->domain, "");
    EXPECT_THAT(lan.last.replies[0].order, ElementsAre(42, 28, 1));
}

TEST(DhcpdMessages, AClientThatAsksForNothingGetsWhatItNeeds) {
    Lan lan{one_address()};
    const auto offer = lan.send({.type = Type::Discover, .chaddr = phone});
    EXPECT_EQ(offer->subnet_mask, Ipv4{0xffffff00});
    EXPECT_THAT(offer->routers, ElementsAre(gateway));
    EXPECT_THAT(offer->dns, ElementsAre(gateway)) << "the router answers names unless the configuration says otherwise";
    EXPECT_EQ(offer->domain, "lan");
}

TEST(DhcpdMessages, TheTimesToRenewAreAlwaysSaid) {
    Lan lan{one_address(3600s)};
    const auto offer = lan.send({.type = Type::Discover, .chaddr = phone, .parameters = {1}});
    EXPECT_LE(*offer->renewal, 1800s);
    EXPECT_GE(*offer->renewal, 1575s) << "at most an eighth earlier";
    EXPECT_EQ(offer->rebinding, 3150s);
}

TEST(DhcpdMessages, WhatTheClientTakesIsHonoured) {
    Lan lan{one_address()};
    lan.send({.type = Type::Discover, .chaddr = phone, .max_size = 1200});
    EXPECT_EQ(lan.last.replies[0].most_bytes, 1200U - 28);
    lan.send({.type = Type::Discover, .chaddr = phone, .max_size = 65535});
    EXPECT_EQ(lan.last.replies[0].most_bytes, 1500U - 28) << "one frame";
    lan.send({.type = Type::Discover, .chaddr = phone, .max_size = 20});
    EXPECT_EQ(lan.last.replies[0].most_bytes, 576U - 28) << "less is illegal";
}

TEST(DhcpdMessages, ADeniedDeviceMeetsSilence) {
    const model::Policy policy{.devices = {{.device = phone, .decision = model::Decision::Deny}}};
    Lan lan{one_address(), no_probe, policy};
    EXPECT_EQ(lan.discover(phone), std::nullopt);
    EXPECT_EQ(lan.select(phone, host(100)), std::nullopt);
    EXPECT_EQ(lan.renew(phone, {0xc0a80105}), std::nullopt) << "no NAK either";
    EXPECT_EQ(lan.send({.type = Type::Inform, .ciaddr = host(9), .chaddr = phone}), std::nullopt);
    EXPECT_EQ(lan.engine.counters().banned, 4U);
    EXPECT_EQ(lan.join(laptop), host(100));
}

TEST(DhcpdMessages, ABanEnds) {
    Lan lan{one_address()};
    lan.engine.configure(one_address(),
                         {.devices = {{.device = phone, .decision = model::Decision::Deny, .until = lan.wall + 10s}}}, lan.now());
    EXPECT_EQ(lan.discover(phone), std::nullopt);
    lan.wait(10s);
    EXPECT_EQ(lan.discover(phone), host(100));
}

TEST(DhcpdMessages, ProtectionAndAllowancePrecedeDenial) {
    using enum model::Decision;
    const model::Policy policy{.devices = {{.device = phone, .decision = Deny},
                                           {.device = laptop, .decision = Deny},
                                           {.device = laptop, .decision = Allow}},
                               .protected_devices = {phone}};
    Lan network{lan(100, 110), no_probe, policy};
    EXPECT_TRUE(network.join(phone));
    EXPECT_TRUE(network.join(laptop));
}

TEST(DhcpdMessages, WhoeverSpeaksForAnotherDeviceIsIgnored) {
    Lan lan{one_address()};
    EXPECT_EQ(lan.send({.type = Type::Discover, .chaddr = phone}, laptop), std::nullopt);
    EXPECT_EQ(lan.send({.type = Type::Discover, .chaddr = wire::broadcast_mac}), std::nullopt);
    EXPECT_EQ(lan.send({.type = Type::Discover, .chaddr = {}}), std::nullopt);
    EXPECT_EQ(lan.send({.type = Type::Discover, .giaddr = host(5), .chaddr = phone}), std::nullopt)
        << "relays have no place here";
    EXPECT_EQ(lan.engine.counters().ignored, 4U);
}

TEST(DhcpdMessages, AnotherServerIsReportedOnceAMinute) {
    Lan lan{one_address()};
    const Message rogue{.type = Type::Offer, .yiaddr = host(9), .chaddr = phone, .server_id = Ipv4{0xc0a80101}};
    EXPECT_EQ(lan.send(rogue, laptop), std::nullopt);
    EXPECT_THAT(lan.topics(), ElementsAre("dhcp.rogue"));
    EXPECT_EQ(lan.last.alarms[0].device, laptop);
    EXPECT_EQ(lan.last.alarms[0].address, Ipv4{0xc0a80101});
    lan.wait(59s);
    lan.send(rogue, laptop);
    EXPECT_THAT(lan.topics(), IsEmpty());
    lan.wait(1s);
    lan.send(rogue, laptop);
    EXPECT_THAT(lan.topics(), ElementsAre("dhcp.rogue"));
}

}  // namespace
}  // namespace vivi::dhcpd::test
