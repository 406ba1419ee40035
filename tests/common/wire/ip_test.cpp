// IPv4 and IPv6 headers: which bytes count, what has ports, and that lengths in a packet are not believed.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "common/wire/ipv4.hpp"
#include "common/wire/ipv6.hpp"
#include "tests/common/wire/bytes_of.hpp"

namespace vivi::wire {
namespace {

using test::bytes_of;

struct Case {
    const char* name;
    const char* hex;
    std::size_t on_wire;  ///< Zero: as long as the hex.
    std::size_t total;
    std::uint8_t protocol;
    bool starts_payload;
    std::size_t payload;
};

// 45 = version 4, five words. Fields: total length, identification, flags and offset, TTL and protocol, checksum.
constexpr Case ipv4_cases[] = {
    {"UDP, 4 bytes", "45000018 00004000 40110000 0a420032 c0000250 01020304", 0, 24, 17, true, 4},
    {"padding of a short frame is not counted", "45000015 00004000 40060000 0a420032 c0000250 01 0000000000", 0, 21, 6, true, 1},
    {"options are skipped", "46000019 00004000 40110000 0a420032 c0000250 01010100 ff", 0, 25, 17, true, 1},
    {"snapshot shorter than the packet", "450005dc 00004000 40060000 0a420032 c0000250 0102", 1500, 1500, 6, true, 2},
    {"merged by the kernel, more than 64 KiB: length zero", "45000000 00004000 40060000 0a420032 c0000250 0102", 180'000, 180'000,
     6, true, 2},
    {"merged by the kernel, below 64 KiB", "4500fde8 00004000 40060000 0a420032 c0000250 0102", 65'000, 65'000, 6, true, 2},
    {"a length that lies counts what the link carried", "4500ffff 00004000 40060000 0a420032 c0000250 0102", 100, 100, 6, true,
     2},
    {"first fragment", "4500001c 00012000 40110000 0a420032 c0000250 0102030405060708", 0, 28, 17, true, 8},
    {"later fragment has no ports", "4500001c 00010001 40110000 0a420032 c0000250 0102030405060708", 0, 28, 17, false, 8},
    {"no payload", "45000014 00004000 40010000 0a420032 c0000250", 0, 20, 1, true, 0},
};

TEST(Ipv4, CountsWhatTheHeaderAndTheLinkAgreeOn) {
    for (const auto& one : ipv4_cases) {
        SCOPED_TRACE(one.name);
        const auto bytes = bytes_of(one.hex);
        const auto packet = ipv4::parse(bytes, one.on_wire == 0 ? bytes.size() : one.on_wire);
        ASSERT_TRUE(packet);
        EXPECT_EQ(packet->source, parse_ipv4("10.66.0.50"));
        EXPECT_EQ(packet->destination, parse_ipv4("192.0.2.80"));
        EXPECT_EQ(packet->total_bytes, one.total);
        EXPECT_EQ(packet->protocol, one.protocol);
        EXPECT_EQ(packet->starts_payload, one.starts_payload);
        EXPECT_EQ(packet->payload.size(), one.payload);
    }
}

TEST(Ipv4, RefusesNonsense) {
    const auto error_of = [](const char* hex) {
        const auto bytes = bytes_of(hex);
        return ipv4::parse(bytes, bytes.size()).error();
    };
    EXPECT_EQ(error_of("65000014 00004000 40010000 0a420032 c0000250"), ParseError::Unsupported) << "version 6";
    EXPECT_EQ(error_of("44000014 00004000 40010000 0a420032 c0000250"), ParseError::Malformed) << "a header of four words";
    EXPECT_EQ(error_of("45000013 00004000 40010000 0a420032 c0000250"), ParseError::Malformed) << "shorter than its header";
    EXPECT_EQ(error_of("4f00003c 00004000 40010000 0a420032 c0000250"), ParseError::Malformed) << "a header beyond the frame";
    const auto valid = bytes_of(ipv4_cases[2].hex);
    for (std::size_t size = 0; size < 24; ++size) EXPECT_FALSE(ipv4::parse(test::prefix_of(valid, size), valid.size())) << size;
    EXPECT_FALSE(ipv4::parse(valid, valid.size() - 1)) << "more captured than was on the wire";
}

#define FROM_TO "20010db8000000000000000000000050 20010db8000100000000000000000080 "

// 60000000, then payload length, next header, hop limit, addresses.
constexpr Case ipv6_cases[] = {
    {"TCP directly", "60000000 0004 06 40" FROM_TO "01020304", 0, 44, 6, true, 4},
    {"hop-by-hop, then UDP", "60000000 000c 00 40" FROM_TO "1100000000000000 01020304", 0, 52, 17, true, 4},
    {"destination options of 16 bytes, routing, TCP",
     "60000000 001a 3c 40" FROM_TO "2b01000000000000 0000000000000000 0600000000000000 0102", 0, 66, 6, true, 2},
    {"first fragment", "60000000 000c 2c 40" FROM_TO "1100000100000007 01020304", 0, 52, 17, true, 4},
    {"later fragment", "60000000 000c 2c 40" FROM_TO "1100000800000007 01020304", 0, 52, 17, false, 0},
    {"authentication header of 24 bytes", "60000000 001a 33 40" FROM_TO "0604000000000000 0000000000000000 0000000000000000 0102",
     0, 66, 6, true, 2},
    {"jumbogram, or more than 64 KiB merged: length zero", "60000000 0000 06 40" FROM_TO "0102", 200'000, 200'000, 6, true, 2},
    {"padding is not counted", "60000000 0001 11 40" FROM_TO "01 00000000", 0, 41, 17, true, 1},
    {"extension header cut off by the snapshot", "60000000 0100 00 40" FROM_TO "1100", 296, 296, 17, false, 0},
    {"no next header", "60000000 0000 3b 40" FROM_TO, 0, 40, 59, true, 0},
    {"no next header, padded to the least frame", "60000000 0000 3b 40" FROM_TO "000000000000", 46, 40, 59, true, 0},
};

TEST(Ipv6, FindsThePayloadBehindExtensionHeaders) {
    for (const auto& one : ipv6_cases) {
        SCOPED_TRACE(one.name);
        const auto bytes = bytes_of(one.hex);
        const auto packet = ipv6::parse(bytes, one.on_wire == 0 ? bytes.size() : one.on_wire);
        ASSERT_TRUE(packet);
        EXPECT_EQ(packet->source, parse_ipv6("2001:db8::50"));
        EXPECT_EQ(packet->destination, parse_ipv6("2001:db8:1::80"));
        EXPECT_EQ(packet->total_bytes, one.total);
        EXPECT_EQ(packet->protocol, one.protocol);
        EXPECT_EQ(packet->starts_payload, one.starts_payload);
        EXPECT_EQ(packet->payload.size(), one.payload);
    }
}

TEST(Ipv6, GivesUpAfterEightExtensionHeaders) {
    std::string hex = "60000000 0048 3c 40" FROM_TO;
    for (int i = 0; i < 9; ++i) hex += "3c00000000000000";
    const auto bytes = bytes_of(hex);
    const auto packet = ipv6::parse(bytes, bytes.size());
    ASSERT_TRUE(packet) << "it is counted all the same";
    EXPECT_EQ(packet->total_bytes, 112U);
    EXPECT_FALSE(packet->starts_payload);
}

TEST(Ipv6, RefusesNonsense) {
    const auto valid = bytes_of(ipv6_cases[0].hex);
    for (std::size_t size = 0; size < 40; ++size) EXPECT_FALSE(ipv6::parse(test::prefix_of(valid, size), valid.size())) << size;
    auto wrong = valid;
    wrong[0] = std::byte{0x45};
    EXPECT_EQ(ipv6::parse(wrong, wrong.size()).error(), ParseError::Unsupported);
    EXPECT_EQ(ipv6::parse(valid, 20).error(), ParseError::Malformed);
}

TEST(Ipv6, HoldsIpv4AddressesMapped) {
    const auto mapped = ipv6::mapped(*parse_ipv4("192.0.2.80"));
    EXPECT_EQ(to_string(mapped), "::ffff:192.0.2.80");
    EXPECT_TRUE(ipv6::is_mapped(mapped));
    EXPECT_EQ(ipv6::unmapped(mapped), parse_ipv4("192.0.2.80"));
    EXPECT_FALSE(ipv6::is_mapped(*parse_ipv6("2001:db8::1")));
    EXPECT_FALSE(ipv6::is_mapped(*parse_ipv6("::1.2.3.4")));
}

}  // namespace
}  // namespace vivi::wire
