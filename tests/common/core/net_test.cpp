// Addresses: text in, text out, and what is refused.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/net.hpp"

#include <gmock/gmock.h>

namespace vivi {
namespace {

TEST(Net, AddressesSurviveTheirTextForm) {
    for (const auto* text : {"0.0.0.0", "10.66.0.1", "255.255.255.255"}) EXPECT_EQ(to_string(*parse_ipv4(text)), text);
    for (const auto* text : {"00:00:00:00:00:00", "02:ab:cd:ef:00:ff"}) EXPECT_EQ(to_string(*parse_mac(text)), text);
    for (const auto* text : {"::", "::1", "2001:db8::1"}) EXPECT_EQ(to_string(*parse_ipv6(text)), text);
    for (const auto* text : {"0.0.0.0/0", "10.66.0.1/22"}) EXPECT_EQ(to_string(*parse_ipv4_prefix(text)), text);
}

TEST(Net, RefusesWhatIsNotExactlyAnAddress) {
    for (const auto* text : {"", "1", "1.2.3", "1.2.3.4.", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", "1.2.3.-4", " 1.2.3.4", "1.2.3.4 "})
        EXPECT_FALSE(parse_ipv4(text)) << text;
    for (const auto* text : {"", "02:00:00:00:00", "02-00-00-00-00-01", "02:00:00:00:00:0g", "02:00:00:00:00:001"})
        EXPECT_FALSE(parse_mac(text)) << text;
    for (const auto* text : {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/x"}) EXPECT_FALSE(parse_ipv4_prefix(text)) << text;
    EXPECT_FALSE(parse_ipv6("fe80::1%eth0")) << "a zone means something on one host only";
}

TEST(Net, APrefixKnowsItsEnds) {
    const auto prefix = *parse_ipv4_prefix("10.66.1.7/22");
    EXPECT_EQ(to_string(prefix.network()), "10.66.0.0");
    EXPECT_EQ(to_string(prefix.broadcast()), "10.66.3.255");
    EXPECT_TRUE(prefix.contains(*parse_ipv4("10.66.3.255")));
    EXPECT_FALSE(prefix.contains(*parse_ipv4("10.66.4.0")));
    EXPECT_TRUE(parse_ipv4_prefix("0.0.0.0/0")->contains(*parse_ipv4("203.0.113.9")));
}

TEST(Net, KnowsRandomisedMacs) {
    EXPECT_TRUE(parse_mac("02:00:00:00:00:01")->is_locally_administered());
    EXPECT_FALSE(parse_mac("3c:22:fb:00:00:01")->is_locally_administered());
}

}  // namespace
}  // namespace vivi
