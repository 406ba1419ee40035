// Echo messages and counters of interfaces.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/diagnostics.hpp"

#include <gmock/gmock.h>

namespace vivi::openvivi_embedded {
namespace {

TEST(EmbeddedDiagnostics, EchoRequestsCarryTheirSequence) {
    EXPECT_EQ(echo_request(0x0102, false), (std::string{"\x08\0\0\0\0\0\x01\x02vivi", 12}));
    EXPECT_EQ(static_cast<unsigned char>(echo_request(1, true)[0]), 128);
}

TEST(EmbeddedDiagnostics, OnlyARepliesSequenceCounts) {
    EXPECT_EQ(echo_reply(std::string_view{"\0\0\x12\x34\0\x07\x01\x02vivi", 12}, false), 0x0102);
    EXPECT_EQ(echo_reply(std::string_view{"\x81\0\0\0\0\0\0\x09", 8}, true), 9);
    EXPECT_EQ(echo_reply(echo_request(1, false), false), std::nullopt) << "a request";
    EXPECT_EQ(echo_reply("\0\0", false), std::nullopt) << "cut";
}

TEST(EmbeddedDiagnostics, RatesAreBitsASecondOfInterfacesThatStayed) {
    constexpr std::string_view head =
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier "
        "compressed\n";
    const auto before = parse_net_dev(std::string{head} +
                                      "    lo: 9 1 0 0 0 0 0 0 9 1 0 0 0 0 0 0\n  eth0: 1000 5 0 0 0 0 0 0 2000 5 0 0 0 0 0 0\n");
    const auto after = parse_net_dev(std::string{head} +
                                     "  eth0:2000 5 0 0 0 0 0 0 2500 5 0 0 0 0 0 0\n  eth1: 5 5 0 0 0 0 0 0 5 5 0 0 0 0 0 0\n");
    EXPECT_EQ(before, (std::map<std::string, InterfaceBytes>{{"eth0", {.received = 1000, .sent = 2000}}}));
    const auto found = rates(before, after, 2s);
    EXPECT_EQ(found.size(), 1U) << "eth1 came";
    EXPECT_EQ(found["eth0"]["received_bits_per_second"], 4000);
    EXPECT_EQ(found["eth0"]["sent_bits_per_second"], 2000);
}

TEST(EmbeddedDiagnostics, HostsAreNamesOrAddresses) {
    for (const auto* text : {"example.org", "192.0.2.1", "2001:db8::1", "_dns.example"}) EXPECT_TRUE(is_host(text)) << text;
    for (const auto* text : {"", "a b", "a;reboot", "$(id)", "a/b", "\n"}) EXPECT_FALSE(is_host(text)) << text;
}

}  // namespace
}  // namespace vivi::openvivi_embedded
