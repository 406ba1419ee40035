// TCP and UDP headers: ports, flags, and payloads that stay inside their packet.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/transport.hpp"

#include <gtest/gtest.h>

#include "tests/common/wire/bytes_of.hpp"

namespace vivi::wire::transport {
namespace {

using test::bytes_of;

TEST(Tcp, ReadsPortsFlagsAndPayload) {
    const auto bytes = bytes_of("c350 01bb 00000001 00000002 5018 ffff 0000 0000 160301");
    const auto segment = parse_tcp(bytes);
    ASSERT_TRUE(segment);
    EXPECT_EQ(segment->source_port, 50'000);
    EXPECT_EQ(segment->destination_port, 443);
    EXPECT_FALSE(segment->syn || segment->fin || segment->rst);
    EXPECT_EQ(segment->payload.size(), 3U);
}

TEST(Tcp, SkipsOptionsAndSeesFlags) {
    const auto syn = bytes_of("c350 01bb 00000001 00000000 6002 ffff 0000 0000 020405b4");
    EXPECT_TRUE(parse_tcp(syn)->syn);
    EXPECT_TRUE(parse_tcp(syn)->payload.empty());
    EXPECT_TRUE(parse_tcp(bytes_of("c350 01bb 00000001 00000000 5011 ffff 0000 0000"))->fin);
    EXPECT_TRUE(parse_tcp(bytes_of("c350 01bb 00000001 00000000 5004 ffff 0000 0000"))->rst);
}

TEST(Tcp, RefusesWhatIsCutOffOrTooShort) {
    const auto bytes = bytes_of("c350 01bb 00000001 00000000 6002 ffff 0000 0000 020405b4");
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(parse_tcp(test::prefix_of(bytes, size))) << size;
    EXPECT_EQ(parse_tcp(bytes_of("c350 01bb 00000001 00000000 4002 ffff 0000 0000")).error(), ParseError::Malformed);
}

TEST(Udp, ReadsPortsAndPayload) {
    const auto bytes = bytes_of("0035 c350 000b 0000 010203 0000");
    const auto datagram = parse_udp(bytes);
    ASSERT_TRUE(datagram);
    EXPECT_EQ(datagram->source_port, 53);
    EXPECT_EQ(datagram->destination_port, 50'000);
    EXPECT_EQ(datagram->payload.size(), 3U) << "what follows is not of this datagram";
}

TEST(Udp, TakesAllWhenTheKernelMergedIt) { EXPECT_EQ(parse_udp(bytes_of("0035 c350 0000 0000 010203"))->payload.size(), 3U); }

TEST(Udp, TakesWhatWasCaptured) { EXPECT_EQ(parse_udp(bytes_of("0035 c350 0100 0000 010203"))->payload.size(), 3U); }

TEST(Udp, RefusesNonsense) {
    const auto bytes = bytes_of("0035 c350 0008 0000");
    for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_FALSE(parse_udp(test::prefix_of(bytes, size))) << size;
    EXPECT_EQ(parse_udp(bytes_of("0035 c350 0007 0000")).error(), ParseError::Malformed);
}

}  // namespace
}  // namespace vivi::wire::transport
