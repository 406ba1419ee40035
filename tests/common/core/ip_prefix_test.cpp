// Prefixes of both families: read, written, and what lies inside.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "common/core/net.hpp"

namespace vivi {
namespace {

bool contains(std::string_view prefix, std::string_view address) {
    return parse_ip_prefix(prefix).value().contains(parse_address(address).value());
}

TEST(IpPrefix, IsReadAndWritten) {
    const std::vector<std::pair<const char*, const char*>> prefixes{
        {"192.0.2.0/24", "192.0.2.0/24"},   {"192.0.2.1", "192.0.2.1/32"},        {"0.0.0.0/0", "0.0.0.0/0"},
        {"2001:db8::/32", "2001:db8::/32"}, {"2001:DB8:0::1", "2001:db8::1/128"}, {"::/0", "::/0"},
    };
    for (const auto& [text, written] : prefixes) {
        const auto prefix = parse_ip_prefix(text);
        ASSERT_TRUE(prefix) << text;
        EXPECT_EQ(to_string(*prefix), written);
        EXPECT_EQ(parse_ip_prefix(written), prefix);
    }
    EXPECT_EQ(parse_ip_prefix("192.0.2.0/24")->written_length(), 24);
    EXPECT_EQ(parse_ip_prefix("192.0.2.0/24")->length, 120);
    EXPECT_TRUE(parse_ip_prefix("0.0.0.0/0")->is_ipv4());
    EXPECT_FALSE(parse_ip_prefix("::/0")->is_ipv4());
}

TEST(IpPrefix, WhatIsNoneIsRefused) {
    for (const auto* text :
         {"", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.1/24", "192.0.2.0/024", "192.0.2.0/-1", "192.0.2.0/24 ", "192.0.2",
          "2001:db8::/129", "2001:db8::1/64", "2001:db8::%eth0", "example.org", "192.0.2.0/24/24", "01.2.3.4"})
        EXPECT_FALSE(parse_ip_prefix(text)) << text;
}

TEST(IpPrefix, HoldsAddressesOfItsOwnFamily) {
    EXPECT_TRUE(contains("192.0.2.0/24", "192.0.2.255"));
    EXPECT_FALSE(contains("192.0.2.0/24", "192.0.3.0"));
    EXPECT_TRUE(contains("192.0.2.128/25", "192.0.2.129"));
    EXPECT_FALSE(contains("192.0.2.128/25", "192.0.2.127"));
    EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
    EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.1"));
    EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(contains("::/0", "2001:db8::1"));
    EXPECT_FALSE(contains("::/0", "192.0.2.1")) << "mapped, and yet not IPv6";
    EXPECT_FALSE(contains("::/64", "192.0.2.1"));
}

}  // namespace
}  // namespace vivi
