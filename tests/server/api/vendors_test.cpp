// Who made a device: registries as they are written, the longest assignment, and those who are nobody's.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/vendors.hpp"

#include <gtest/gtest.h>

namespace vivi::test {
namespace {

api::Vendors registries() {
    api::Vendors vendors;
    vendors.add(
        "Registry,Assignment,Organization Name,Organization Address\r\n"
        "MA-L,002272,American Micro-Fuel Device Corp.,2181 Buchanan Loop Ferndale WA US 98248 \r\n"
        "MA-L,B827EB,Raspberry Pi Foundation,\"Mitchell Wood House\nCaldecote GB \"\r\n"
        "MA-L,70B3D5,IEEE Registration Authority,445 Hoes Lane\n"
        "MA-L,08BEAC,\"Edimax, \"\"the\"\" Company\",Taipei\n"
        "MA-L,AABBCC,Private,\n"
        "MA-L,12345,Too short,\nMA-L,12345G,No digits,\nMA-L\n");
    vendors.add("MA-M,70B3D51,A medium block,\n");
    vendors.add("MA-S,70B3D51AB,A small block,");
    return vendors;
}

std::string_view of(const api::Vendors& vendors, std::string_view mac) { return vendors.of(parse_mac(mac).value()); }

TEST(Vendors, AreReadAsTheRegistriesWriteThem) {
    const auto vendors = registries();
    EXPECT_EQ(vendors.size(), 5u);
    EXPECT_EQ(of(vendors, "00:22:72:00:00:01"), "American Micro-Fuel Device Corp.");
    EXPECT_EQ(of(vendors, "b8:27:eb:12:34:56"), "Raspberry Pi Foundation") << "an address may have lines of its own";
    EXPECT_EQ(of(vendors, "08:be:ac:ff:ff:ff"), "Edimax, \"the\" Company");
}

TEST(Vendors, TheLongestAssignmentCounts) {
    const auto vendors = registries();
    EXPECT_EQ(of(vendors, "70:b3:d5:1a:b0:00"), "A small block");
    EXPECT_EQ(of(vendors, "70:b3:d5:1a:c0:00"), "A medium block");
    EXPECT_EQ(of(vendors, "70:b3:d5:20:00:00"), "") << "the registrar made nothing";
}

TEST(Vendors, WhoMadeUpItsAddressHasNone) {
    auto vendors = registries();
    vendors.add("MA-L,022272,Never asked,");
    EXPECT_EQ(of(vendors, "02:22:72:00:00:01"), "");
    EXPECT_EQ(of(vendors, "01:22:72:00:00:01"), "") << "a group is no device";
    EXPECT_EQ(of(vendors, "00:00:00:00:00:00"), "");
}

}  // namespace
}  // namespace vivi::test
