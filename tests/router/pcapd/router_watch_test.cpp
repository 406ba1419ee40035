// Foreign router advertisements: said, not repeated, and never more than a few.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/router_watch.hpp"

#include <gtest/gtest.h>

#include "tests/router/pcapd/lan.hpp"

namespace vivi::pcapd {
namespace {

using namespace test;  // NOLINT: the LAN is the word of these tests.

constexpr Mac all_nodes{{0x33, 0x33, 0, 0, 0, 1}};

Bytes advertisement_of(Mac device) {
    auto bytes = frame({.from = device,
                        .to = all_nodes,
                        .source = "fe80::2",
                        .destination = "ff02::1",
                        .protocol = 58,
                        .payload = bytes_of("86001234 40000708 00000000 00000000")});
    bytes[14 + 7] = std::byte{255};  // Hop limit.
    return bytes;
}

TEST(Packet, KnowsARouterAdvertisement) {
    const auto bytes = advertisement_of(laptop);
    EXPECT_TRUE(dissect(bytes, bytes.size())->announces_router);
    EXPECT_EQ(dissect(bytes, bytes.size())->bytes, 56U);
    const auto other = frame({.from = laptop, .to = all_nodes, .source = "fe80::2", .destination = "ff02::1", .protocol = 58});
    EXPECT_FALSE(dissect(other, other.size())->announces_router);
}

TEST(RouterWatch, SaysOnceAMinuteForEachInterfaceAndDevice) {
    RouterWatch watch{{1, 2}};
    const auto bytes = advertisement_of(laptop);
    const auto packet = *dissect(bytes, bytes.size());
    Instant now{};
    EXPECT_EQ(watch.see(0, "br-lan", packet, now),
              (model::ForeignRa{.interface = "br-lan", .device = laptop, .router = *parse_ipv6("fe80::2")}));
    EXPECT_FALSE(watch.see(0, "br-lan", packet, now + 59s));
    EXPECT_TRUE(watch.see(1, "br-crew", packet, now + 59s));
    EXPECT_TRUE(watch.see(0, "br-lan", packet, now + 60s));
    EXPECT_FALSE(watch.see(0, "br-lan", packet, now + 61s));
}

TEST(RouterWatch, SaysABoundedNumberWhateverIsInvented) {
    RouterWatch watch{{1, 2}};
    std::size_t said = 0;
    for (int i = 0; i < 1'000; ++i) {
        const auto bytes =
            advertisement_of(Mac{{0x02, 0, 0, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}});
        said += watch.see(0, "br-lan", *dissect(bytes, bytes.size()), Instant{}).has_value() ? 1 : 0;
    }
    EXPECT_EQ(said, RouterWatch::most_a_minute);
}

}  // namespace
}  // namespace vivi::pcapd
