// Frames as clients and neighbours send them.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/frames.hpp"

#include <gmock/gmock.h>

#include "common/wire/ethernet.hpp"
#include "common/wire/udp_frame.hpp"
#include "tests/router/dhcpd/client.hpp"

namespace vivi::dhcpd {
namespace {

const Mac router{{0x02, 0, 0, 0, 0, 0xfe}};

Bytes client_frame(const wire::dhcp::Message& message) {
    return wire::udp_frame({.mac = message.chaddr, .address = {}, .port = 68},
                           {.mac = wire::broadcast_mac, .address = wire::broadcast_ipv4, .port = 67},
                           wire::dhcp::serialize(message));
}

TEST(DhcpdFrames, HearsAClient) {
    const auto heard = parse_dhcp_frame(client_frame({.type = wire::dhcp::Type::Discover, .xid = 9, .chaddr = test::phone}));
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->from, test::phone);
    EXPECT_EQ(heard->message.xid, 9U);
}

TEST(DhcpdFrames, NothingShorterThanTheWholeIsHeardAsADiscover) {
    const auto whole = client_frame({.type = wire::dhcp::Type::Discover, .chaddr = test::phone});
    for (std::size_t size = 0; size < 14 + 20 + 8 + 240; ++size)
        EXPECT_FALSE(parse_dhcp_frame(BytesView{whole}.first(size))) << size;
}

TEST(DhcpdFrames, AnAnswerGoesWhereItSays) {
    const Reply reply{
        .message = {.type = wire::dhcp::Type::Ack, .yiaddr = test::host(100), .chaddr = test::phone, .server_id = test::gateway},
        .to_mac = test::phone,
        .to_address = test::host(100)};
    const auto frame = reply_frame(reply, router, test::gateway);
    const auto heard = parse_dhcp_frame(frame);
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->from, router);
    EXPECT_EQ(heard->message, reply.message);
    EXPECT_EQ(wire::ethernet::parse(frame)->destination, test::phone);
}

TEST(DhcpdFrames, AProbeClaimsNoAddress) {
    const auto frame = probe_frame({test::host(100)}, router);
    EXPECT_EQ(wire::ethernet::parse(frame)->destination, wire::broadcast_mac);
    const auto arp = wire::arp::parse(wire::ethernet::parse(frame)->payload);
    ASSERT_TRUE(arp);
    EXPECT_EQ(arp->sender_address, Ipv4{});
    EXPECT_EQ(arp->target_address, test::host(100));
    EXPECT_FALSE(parse_arp_frame(frame)) << "a question is not an answer";
}

TEST(DhcpdFrames, HearsAnArpReply) {
    const auto payload = wire::arp::serialize(
        {.operation = wire::arp::Operation::Reply, .sender = test::laptop, .sender_address = test::host(100)});
    const auto frame = wire::ethernet::serialize(
        {.destination = router, .source = test::laptop, .ethertype = wire::ethernet::type_arp, .payload = payload});
    ASSERT_TRUE(parse_arp_frame(frame));
    EXPECT_EQ(parse_arp_frame(frame)->sender, test::laptop);
}

}  // namespace
}  // namespace vivi::dhcpd
