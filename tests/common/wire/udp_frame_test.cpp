// Raw frames: headers and both checksums, against a frame whose sums were worked out by another program.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/udp_frame.hpp"

#include <gmock/gmock.h>

#include "common/wire/ethernet.hpp"
#include "common/wire/ipv4.hpp"
#include "common/wire/transport.hpp"
#include "tests/common/wire/bytes_of.hpp"

namespace vivi::wire {
namespace {

const Endpoint router{.mac = {{0x02, 0, 0, 0, 0, 0xfe}}, .address = {0x0a420001}, .port = 67};
const Endpoint phone{.mac = {{0x02, 0, 0, 0, 0, 0x01}}, .address = {0x0a420032}, .port = 68};

TEST(UdpFrame, HasTheBytesOfAKnownFrame) {
    EXPECT_EQ(crypto::to_hex(udp_frame(router, phone, as_bytes("vivi"))),
              "020000000001"
              "0200000000fe"
              "0800"
              "45000020"
              "00004000"
              "4011"
              "2617"
              "0a420001"
              "0a420032"
              "00430044"
              "000c"
              "fdc5"
              "76697669");
}

/// The sum over everything a checksum covers, itself included, is zero (RFC 1071 section 1).
bool is_udp_sum_right(BytesView frame) {
    const auto ethernet = ethernet::parse(frame);
    const auto packet = ipv4::parse(ethernet->payload, ethernet->payload.size());
    Writer pseudo;
    pseudo.u32(packet->source.value)
        .u32(packet->destination.value)
        .u16(17)
        .u16(static_cast<std::uint16_t>(packet->payload.size()));
    return finish_checksum(add_to_checksum(add_to_checksum(0, pseudo.view()), packet->payload)) == 0;
}

TEST(UdpFrame, SumsAreRightForEveryLengthParity) {
    for (const std::string_view payload : {"", "a", "ab", "abc", "\xff\xff\xff\xff\xff"}) {
        const auto frame = udp_frame(router, phone, as_bytes(payload));
        EXPECT_TRUE(is_udp_sum_right(frame)) << payload.size();
        EXPECT_EQ(finish_checksum(add_to_checksum(0, BytesView{frame}.subspan(14, 20))), 0);
    }
}

TEST(UdpFrame, ASumOfZeroIsSentAsAllOnes) {
    const auto with = [](std::string_view sum_or_zero) { return udp_frame(router, phone, test::bytes_of(sum_or_zero)); };
    const auto sum_of = [](const Bytes& frame) { return crypto::to_hex(BytesView{frame}.subspan(14 + 20 + 6, 2)); };
    // Adding a sum to what it was computed over makes it zero; RFC 768 keeps a zero on the wire for "no checksum".
    EXPECT_EQ(sum_of(with(sum_of(with("0000")))), "ffff");
}

TEST(UdpFrame, OurOwnParsersReadIt) {
    const auto frame = udp_frame(router, {.mac = broadcast_mac, .address = broadcast_ipv4, .port = 68}, as_bytes("x"));
    const auto ethernet = ethernet::parse(frame);
    ASSERT_TRUE(ethernet);
    EXPECT_EQ(ethernet->destination, broadcast_mac);
    const auto packet = ipv4::parse(ethernet->payload, ethernet->payload.size());
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->destination, broadcast_ipv4);
    const auto datagram = transport::parse_udp(packet->payload);
    ASSERT_TRUE(datagram);
    EXPECT_EQ(datagram->source_port, 67);
    EXPECT_EQ(as_text(datagram->payload), "x");
}

}  // namespace
}  // namespace vivi::wire
