// rtnetlink requests, octet by octet: the kernels of some machines cannot run them, so this is where they are proven.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/link_messages.hpp"

#include <gmock/gmock.h>

#include "common/core/crypto.hpp"

namespace vivi::firewall {
namespace {

std::string hex(const Bytes& bytes) { return crypto::to_hex(bytes); }

// Little-endian as the machines Vivi runs on; rtnetlink is in host order (rtnetlink(7)), addresses are in network order.
TEST(FirewallLinkMessages, AVlanIsMadeOnItsParent) {
    EXPECT_EQ(hex(vlan_message(7, 2, "eth0.20", 20)),
              // length 76, RTM_NEWLINK (16), REQUEST|ACK|EXCL|CREATE, sequence, port
              "4c000000"
              "1000"
              "0506"
              "07000000"
              "00000000"
              // ifinfomsg: all zero
              "00000000000000000000000000000000"
              // IFLA_LINK (5) = 2; IFLA_IFNAME (3) "eth0.20"
              "0800"
              "0500"
              "02000000"
              "0c00"
              "0300"
              "657468302e323000"
              // IFLA_LINKINFO (18, nested) { IFLA_INFO_KIND (1) "vlan"; IFLA_INFO_DATA (2, nested) { IFLA_VLAN_ID (1) = 20 } }
              "1800"
              "1280"
              "0800"
              "0100"
              "766c616e"
              "0c00"
              "0280"
              "0600"
              "0100"
              "14000000");
}

TEST(FirewallLinkMessages, UpChangesOneFlag) {
    EXPECT_EQ(hex(up_message(8, 3)),
              "20000000"
              "1000"
              "0500"
              "08000000"
              "00000000"
              "00000000"
              "03000000"
              "01000000"
              "01000000");
}

TEST(FirewallLinkMessages, AnAddedAddressCarriesOurMark) {
    EXPECT_EQ(hex(address_message(9, Verb::Add, 2, *parse_ipv4_prefix("10.66.0.1/22"))),
              "38000000"
              "1400"
              "0506"
              "09000000"
              "00000000"
              // ifaddrmsg: AF_INET, /22, no flags, universe; index 2
              "02160000"
              "02000000"
              // IFA_LOCAL (2), IFA_ADDRESS (1), IFA_BROADCAST (4), IFA_PROTO (11) = 118
              "0800"
              "0200"
              "0a420001"
              "0800"
              "0100"
              "0a420001"
              "0800"
              "0400"
              "0a4203ff"
              "0500"
              "0b00"
              "76000000");
    EXPECT_EQ(hex(address_message(9, Verb::Remove, 2, *parse_ipv4_prefix("10.66.0.1/22"))),
              "28000000"
              "1500"
              "0500"
              "09000000"
              "00000000"
              "02160000"
              "02000000"
              "0800"
              "0200"
              "0a420001"
              "0800"
              "0100"
              "0a420001");
}

TEST(FirewallLinkMessages, TheDefaultRouteIsReplaced) {
    EXPECT_EQ(hex(default_route_message(10, Verb::Add, 3, *parse_ipv4("192.0.2.1"))),
              "2c000000"
              "1800"
              "0505"
              "0a000000"
              "00000000"
              // rtmsg: AF_INET, /0, main table (254), protocol 118, universe, unicast
              "02000000"
              "fe760001"
              "00000000"
              "0800"
              "0500"
              "c0000201"
              "0800"
              "0400"
              "03000000");
}

TEST(FirewallLinkMessages, ABridgeIsInOurGroup) {
    EXPECT_EQ(hex(bridge_message(7, "vivi-lan")),
              // length 72, RTM_NEWLINK (16), REQUEST|ACK|EXCL|CREATE, sequence, port
              "48000000"
              "1000"
              "0506"
              "07000000"
              "00000000"
              "00000000000000000000000000000000"
              // IFLA_IFNAME (3) "vivi-lan"; IFLA_GROUP (27) = 118
              "0d00"
              "0300"
              "766976692d6c616e00000000"
              "0800"
              "1b00"
              "76000000"
              // IFLA_LINKINFO (18, nested) { IFLA_INFO_KIND (1) "bridge" }
              "1000"
              "1280"
              "0a00"
              "0100"
              "6272696467650000");
}

TEST(FirewallLinkMessages, APortJoinsABridgeAndADeviceGoes) {
    EXPECT_EQ(hex(master_message(8, 3, 9)),
              "28000000"
              "1000"
              "0500"
              "08000000"
              "00000000"
              "00000000"
              "03000000"
              "00000000"
              "00000000"
              // IFLA_MASTER (10) = 9
              "0800"
              "0a00"
              "09000000");
    EXPECT_EQ(hex(remove_message(9, 3)),
              // RTM_DELLINK (17)
              "20000000"
              "1100"
              "0500"
              "09000000"
              "00000000"
              "00000000"
              "03000000"
              "00000000"
              "00000000");
}

}  // namespace
}  // namespace vivi::firewall
