// Ethernet frames: tags are skipped, padding stays, what is no frame of ours is refused.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/ethernet.hpp"

#include <gtest/gtest.h>

#include "tests/common/wire/bytes_of.hpp"

namespace vivi::wire::ethernet {
namespace {

using test::bytes_of;

constexpr Mac router{{0x02, 0, 0, 0, 0, 0xff}}, phone{{0x02, 0, 0, 0, 0, 0x01}};

struct Case {
    const char* name;
    const char* hex;
    std::uint16_t ethertype;
    std::optional<std::uint16_t> vlan;
    std::size_t payload;
};

constexpr Case cases[] = {
    {"plain IPv4", "0200000000ff 020000000001 0800 aabbcc", type_ipv4, std::nullopt, 3},
    {"empty payload", "0200000000ff 020000000001 86dd", type_ipv6, std::nullopt, 0},
    {"802.1Q, priority 5, VLAN 10", "0200000000ff 020000000001 8100 a00a 0800 aa", type_ipv4, 10, 1},
    {"QinQ: the outer tag names the VLAN", "0200000000ff 020000000001 88a8 0064 8100 000a 86dd aabb", type_ipv6, 100, 2},
    {"two customer tags", "0200000000ff 020000000001 8100 0001 8100 0002 0806", type_arp, 1, 0},
};

TEST(Ethernet, ReadsHeadersWithAtMostTwoTags) {
    for (const auto& one : cases) {
        SCOPED_TRACE(one.name);
        const auto bytes = bytes_of(one.hex);
        const auto frame = parse(bytes);
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->destination, router);
        EXPECT_EQ(frame->source, phone);
        EXPECT_EQ(frame->ethertype, one.ethertype);
        EXPECT_EQ(frame->vlan, one.vlan);
        EXPECT_EQ(frame->payload.size(), one.payload);
    }
}

TEST(Ethernet, WritesWhatItReads) {
    for (const auto& one : {cases[0], cases[1]}) {
        const auto bytes = bytes_of(one.hex);
        EXPECT_EQ(serialize(*parse(bytes)), bytes) << one.name;
    }
    const auto tagged = bytes_of("0200000000ff 020000000001 8100 000a 0800 aa");
    EXPECT_EQ(serialize(*parse(tagged)), tagged);
}

TEST(Ethernet, RefusesWhatIsCutOff) {
    const auto bytes = bytes_of("0200000000ff 020000000001 88a8 0064 8100 000a 0800");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const auto cut = test::prefix_of(bytes, size);
        EXPECT_FALSE(parse(cut)) << size;
    }
}

TEST(Ethernet, RefusesThreeTagsAndLengths) {
    EXPECT_EQ(parse(bytes_of("0200000000ff 020000000001 8100 0001 8100 0002 8100 0003 0800")).error(), ParseError::Unsupported);
    EXPECT_EQ(parse(bytes_of("0180c2000000 020000000001 0026 424203")).error(), ParseError::Unsupported)
        << "802.3, spanning tree";
}

}  // namespace
}  // namespace vivi::wire::ethernet
