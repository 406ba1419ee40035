// Which addresses may be reached: one refused address of every kind, and the public ones beside them.
// SPDX-License-Identifier: Apache-2.0
#include "server/egress/address_rules.hpp"

#include <gtest/gtest.h>

namespace vivi::egress {
namespace {

TEST(AddressRules, RefuseEveryKindOfIpv4ThatIsNotPublic) {
    for (const auto* text :
         {"0.0.0.0",     "0.1.2.3",     "10.0.0.1",        "10.255.255.255", "100.64.0.1",     "100.127.255.255",
          "127.0.0.1",   "127.255.0.1", "169.254.169.254", "172.16.0.1",     "172.31.255.255", "192.0.0.1",
          "192.0.2.1",   "192.88.99.1", "192.168.0.1",     "198.18.0.1",     "198.19.255.255", "198.51.100.1",
          "203.0.113.1", "224.0.0.1",   "239.255.255.255", "240.0.0.1",      "255.255.255.255"})
        EXPECT_FALSE(is_public(*parse_ipv4(text))) << text;
}

TEST(AddressRules, AllowTheNeighboursOfThose) {
    for (const auto* text : {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
                             "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0",
                             "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"})
        EXPECT_TRUE(is_public(*parse_ipv4(text))) << text;
}

TEST(AddressRules, RefuseEveryKindOfIpv6ThatIsNotPublic) {
    for (const auto* text : {"::",
                             "::1",
                             "::ffff:127.0.0.1",
                             "::ffff:10.0.0.1",
                             "::ffff:169.254.169.254",
                             "::127.0.0.1",
                             "64:ff9b::7f00:1",
                             "64:ff9b::a00:1",
                             "64:ff9b:1::1",
                             "100::1",
                             "2001::1",
                             "2001:1::1",
                             "2001:db8::1",
                             "2002:7f00:1::1",
                             "2002:c0a8:1::1",
                             "3fff::1",
                             "fc00::1",
                             "fd12:3456::1",
                             "fe80::1",
                             "fec0::1",
                             "ff02::1",
                             "4000::1"})
        EXPECT_FALSE(is_public(*parse_ipv6(text))) << text;
}

TEST(AddressRules, AllowPublicIpv6) {
    for (const auto* text : {"2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:1.1.1.1", "64:ff9b::101:101",
                             "2002:101:101::1", "2001:200::1"})
        EXPECT_TRUE(is_public(*parse_ipv6(text))) << text;
}

}  // namespace
}  // namespace vivi::egress
