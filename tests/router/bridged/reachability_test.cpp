// What the kernel's tables and DNS answers say of the way out.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/reachability.hpp"

#include <gmock/gmock.h>

namespace vivi::bridged {
namespace {

TEST(BridgedReachability, FindsTheDefaultRoutesGateway) {
    constexpr auto routes =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
        "lan0\t0000420A\t00000000\t0001\t0\t0\t0\t00FCFFFF\t0\t0\t0\n"
        "uplink0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n";
    EXPECT_EQ(default_gateway(routes), parse_ipv4("192.0.2.1"));
    EXPECT_EQ(default_gateway("Iface\tDestination\n"), std::nullopt);
    EXPECT_EQ(default_gateway(""), std::nullopt);
    EXPECT_EQ(default_gateway("ppp0\t00000000\t00000000\t0001\n"), std::nullopt) << "a route without a gateway";
}

TEST(BridgedReachability, ANeighbourCountsOnlyWithItsAddress) {
    constexpr auto arp =
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        "192.0.2.1        0x1         0x2         02:00:00:00:00:01     *        uplink0\n"
        "192.0.2.7        0x1         0x0         00:00:00:00:00:00     *        uplink0\n";
    EXPECT_TRUE(is_neighbour(arp, *parse_ipv4("192.0.2.1")));
    EXPECT_FALSE(is_neighbour(arp, *parse_ipv4("192.0.2.7"))) << "asked, and no answer";
    EXPECT_FALSE(is_neighbour(arp, *parse_ipv4("192.0.2.2")));
}

TEST(BridgedReachability, OnlyAnAnswerThatSaysSomethingCounts) {
    const auto question = fresh_question(7, "v0123456789abcdef");
    EXPECT_FALSE(is_real_answer(question, 7)) << "a question is none";
    auto answer = question;
    answer[2] |= std::byte{0x80};
    EXPECT_TRUE(is_real_answer(answer, 7));
    EXPECT_FALSE(is_real_answer(answer, 8)) << "of another question";
    answer[3] = std::byte{0x03};
    EXPECT_TRUE(is_real_answer(answer, 7)) << "no such name: somebody out there said so";
    for (const auto code : {1, 2, 5}) {
        answer[3] = static_cast<std::byte>(code);
        EXPECT_FALSE(is_real_answer(answer, 7)) << code;
    }
    EXPECT_FALSE(is_real_answer(BytesView{answer}.first(3), 7));
}

}  // namespace
}  // namespace vivi::bridged
