// Router advertisements: those that a host would believe, and no others.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/icmpv6.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/common/wire/bytes_of.hpp"

namespace vivi::wire::icmpv6 {
namespace {

using test::bytes_of;

/// An IPv6 packet with `payload` (its length in 16 bits before it): from fe80::1 to ff02::1 unless said otherwise.
std::string packet(std::string_view payload, std::string_view next_header = "3a", std::string_view hop_limit = "ff",
                   std::string_view source = "fe800000000000000000000000000001") {
    return "60000000" + std::string{payload.substr(0, 4)} + std::string{next_header} + std::string{hop_limit} +
           std::string{source} + "ff020000000000000000000000000001" + std::string{payload.substr(4)};
}
bool is_believed(const std::string& hex) {
    const auto bytes = bytes_of(hex);
    const auto parsed = ipv6::parse(bytes, bytes.size());
    return parsed && is_router_advertisement(*parsed);
}

// RFC 4861 section 4.2: type, code, checksum, hop limit, flags, lifetime, reachable time, retransmission timer.
constexpr std::string_view advertisement =
    "0010"
    "86001234"
    "40000708"
    "00000000"
    "00000000";

TEST(Icmpv6, KnowsARouterAdvertisement) {
    EXPECT_TRUE(is_believed(packet(advertisement)));
    EXPECT_TRUE(
        is_believed(packet("0018"
                           "86001234"
                           "40000708"
                           "00000000"
                           "00000000"
                           "0101020000000001")))
        << "with an option";
    EXPECT_TRUE(
        is_believed(packet("0018"
                           "3a00050200000100"
                           "86001234"
                           "40000708"
                           "00000000"
                           "00000000",
                           "00")))
        << "behind a hop-by-hop header";
}

TEST(Icmpv6, BelievesNoneThatAHostWouldNot) {
    EXPECT_FALSE(is_believed(packet(advertisement, "3a", "fe"))) << "it passed a router";
    EXPECT_FALSE(is_believed(packet(advertisement, "3a", "ff", "20010db8000000000000000000000001"))) << "not link-local";
    EXPECT_FALSE(is_believed(packet(advertisement, "11"))) << "UDP";
    EXPECT_FALSE(
        is_believed(packet("0010"
                           "85001234"
                           "40000708"
                           "00000000"
                           "00000000")))
        << "a solicitation";
    EXPECT_FALSE(
        is_believed(packet("0010"
                           "86011234"
                           "40000708"
                           "00000000"
                           "00000000")))
        << "code 1";
    EXPECT_FALSE(
        is_believed(packet("000f"
                           "86001234"
                           "40000708"
                           "00000000"
                           "000000")))
        << "too short";
}

TEST(Icmpv6, NeverReadsBehindTheEnd) {
    const auto whole = bytes_of(packet(advertisement));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto cut = test::prefix_of(whole, size);
        const auto parsed = ipv6::parse(cut, whole.size());
        EXPECT_FALSE(parsed && is_router_advertisement(*parsed)) << size;
    }
}

}  // namespace
}  // namespace vivi::wire::icmpv6
