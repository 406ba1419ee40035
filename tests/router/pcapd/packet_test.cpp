// Frames into packets: ports where there are some, counts always, and no byte read that is not there.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/packet.hpp"

#include <gtest/gtest.h>

#include "common/wire/ipv6.hpp"
#include "tests/router/pcapd/lan.hpp"

namespace vivi::pcapd {
namespace {

using namespace test;  // NOLINT: the LAN is the word of these tests.

TEST(Packet, SaysWhoToWhomAndHowMuch) {
    const auto bytes = frame({.from = phone,
                              .to = router,
                              .source = phone_address,
                              .destination = web_address,
                              .protocol = 6,
                              .source_port = 50'000,
                              .destination_port = 443,
                              .tcp_flags = 0x02,
                              .payload = Bytes(7)});
    const auto packet = dissect(bytes, bytes.size());
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->source_mac, phone);
    EXPECT_EQ(packet->destination_mac, router);
    EXPECT_EQ(packet->source, wire::ipv6::mapped(*parse_ipv4(phone_address)));
    EXPECT_EQ(packet->destination_port, 443);
    EXPECT_EQ(packet->bytes, 47U);
    EXPECT_EQ(packet->payload.size(), 7U);
    EXPECT_TRUE(packet->opens);
    EXPECT_FALSE(packet->closes);
}

TEST(Packet, CountsTheSameWithPaddingTagsAndShortSnapshots) {
    const auto plain =
        frame({.from = phone, .to = router, .source = phone_address, .destination = web_address, .payload = Bytes(3)});
    auto padded = plain;
    padded.resize(60);
    EXPECT_EQ(dissect(padded, 60)->bytes, 31U);
    auto tagged = plain;
    const auto tag = bytes_of("8100 000a");
    tagged.insert(tagged.begin() + 12, tag.begin(), tag.end());
    ASSERT_TRUE(dissect(tagged, tagged.size()));
    EXPECT_EQ(dissect(tagged, tagged.size())->bytes, 31U);
    EXPECT_EQ(dissect(tagged, tagged.size())->vlan, 10);
    EXPECT_EQ(dissect(prefix_of(plain, 34), plain.size())->bytes, 31U) << "the snapshot ends behind the IP header";
    EXPECT_EQ(dissect(prefix_of(plain, 34), plain.size())->source_port, 0);
}

TEST(Packet, IsOnlyIp) {
    const auto arp = bytes_of("ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a420032 000000000000 0a420001");
    EXPECT_EQ(dissect(arp, arp.size()).error(), wire::ParseError::Unsupported);
}

TEST(Packet, NeverReadsBehindTheEnd) {
    for (const auto& whole : {frame({.from = phone,
                                     .to = router,
                                     .source = phone_address,
                                     .destination = web_address,
                                     .protocol = 6,
                                     .payload = bytes_of(openssl_tls13_hello)}),
                              frame({.from = router,
                                     .to = phone,
                                     .source = "2001:db8::53",
                                     .destination = "2001:db8::50",
                                     .source_port = 53,
                                     .payload = dns_response("www.example.org", {aaaa(question_pointer(), "2001:db8::80")})})}) {
        LanWithTable lan;
        std::uint64_t counted = 0;
        for (std::size_t size = 0; size <= whole.size(); ++size) {
            const auto cut = prefix_of(whole, size);
            const auto packet = dissect(cut, whole.size());
            if (!packet) continue;
            EXPECT_EQ(packet->bytes, whole.size() - 14) << "what the snapshot cuts is counted";
            lan.table.add(*packet, lan.now);
            counted += packet->bytes;
        }
        EXPECT_EQ(bytes_in(lan.rows()), counted);
    }
}

}  // namespace
}  // namespace vivi::pcapd
