// Prefixes coalesced: no more than needed, no address more or less.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/prefixes.hpp"

#include <gmock/gmock.h>

#include <random>

namespace vivi::firewall {
namespace {

std::vector<std::string> coalesced(const std::vector<std::string>& texts) {
    std::vector<IpPrefix> prefixes;
    for (const auto& text : texts) prefixes.push_back(*parse_ip_prefix(text));
    std::vector<std::string> least;
    for (const auto& prefix : coalesce(prefixes)) least.push_back(to_string(prefix));
    return least;
}

using testing::ElementsAre;

TEST(Prefixes, InsideAnotherIsLeftOutAndHalvesBecomeOne) {
    EXPECT_THAT(coalesced({"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32"}), ElementsAre("10.0.0.0/8"));
    EXPECT_THAT(coalesced({"10.0.1.0/24", "10.0.0.0/24"}), ElementsAre("10.0.0.0/23"));
    EXPECT_THAT(coalesced({"10.0.1.0/24", "10.0.2.0/24"}), ElementsAre("10.0.1.0/24", "10.0.2.0/24")) << "neighbours, but of two";
    EXPECT_THAT(coalesced({"10.0.0.0/25", "10.0.1.0/24", "10.0.0.128/25", "10.0.0.7/32"}), ElementsAre("10.0.0.0/23"));
    EXPECT_THAT(coalesced({"10.0.0.1/32", "10.0.0.1/32"}), ElementsAre("10.0.0.1/32"));
    EXPECT_THAT(coalesced({}), ElementsAre());
}

TEST(Prefixes, FamiliesStayApart) {
    EXPECT_THAT(coalesced({"::/0", "10.0.0.0/8", "2001:db8::/32"}), ElementsAre("10.0.0.0/8", "::/0"));
    EXPECT_THAT(coalesced({"0.0.0.0/1", "128.0.0.0/1"}), ElementsAre("0.0.0.0/0"));
    EXPECT_THAT(coalesced({"2001:db8::/33", "2001:db8:8000::/33"}), ElementsAre("2001:db8::/32"));
}

TEST(Prefixes, CoverTheSameAddressesWhateverTheyWere) {
    std::mt19937 random{7};
    for (int round = 0; round < 300; ++round) {
        std::vector<IpPrefix> prefixes;
        for (unsigned i = 0; i < 1 + random() % 40; ++i) {
            const auto length = static_cast<std::uint8_t>(24 + random() % 9);
            const Ipv4Prefix v4{.address = {static_cast<std::uint32_t>(0x0a000000U | (random() & 0xff))}, .length = length};
            prefixes.push_back({.address = to_mapped(v4.network()), .length = static_cast<std::uint8_t>(96 + length)});
        }
        const auto least = coalesce(prefixes);
        for (std::uint32_t i = 0; i < 256; ++i) {
            const auto address = to_mapped(Ipv4{0x0a000000U + i});
            const auto covers = [&](const IpPrefix& prefix) { return prefix.contains(address); };
            ASSERT_EQ(std::ranges::any_of(prefixes, covers), std::ranges::count_if(least, covers) == 1) << "round " << round;
        }
    }
}

}  // namespace
}  // namespace vivi::firewall
