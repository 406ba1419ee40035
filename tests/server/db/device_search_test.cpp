// What a person types to find a device or a lease.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "server/db/device_pages.hpp"
#include "server/db/leases.hpp"

namespace vivi::db {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(DeviceSearch, IsAPartOfTheTextWithItsWildcardsTakenLiterally) {
    EXPECT_THAT(search_patterns(""), IsEmpty());
    EXPECT_THAT(search_patterns("Anna's 100%"), ElementsAre(R"(%Anna's 100\%%)"));
    EXPECT_THAT(search_patterns("02:00:5e"), ElementsAre("%02:00:5e%"));
    EXPECT_THAT(search_patterns("10.66.0.1"), ElementsAre("%10.66.0.1%"));
}

TEST(DeviceSearch, KnowsTheNotationsOfAMac) {
    EXPECT_THAT(search_patterns("02-00-5E-00-00-01"), ElementsAre("%02-00-5E-00-00-01%", "%02:00:5E:00:00:01%"));
    EXPECT_THAT(search_patterns("5e-0"), ElementsAre("%5e-0%", "%5e:0%"));
    EXPECT_THAT(search_patterns("0200.5e00.0001"), ElementsAre("%0200.5e00.0001%", "%02005e000001%"));
    EXPECT_THAT(search_patterns("wi-fi"), ElementsAre("%wi-fi%")) << "not every dash is a MAC's";
    EXPECT_THAT(search_patterns("02-00-5e-00-00-01-02"), ElementsAre("%02-00-5e-00-00-01-02%")) << "longer than a MAC";
}

TEST(LeaseSearch, ReadsAddressesTheirBeginningsAndPrefixes) {
    const auto range = [](const char* from, const char* to) { return LeaseSearch{.is_address = true, .from = from, .to = to}; };
    EXPECT_EQ(lease_search("10.66.0.7"), range("10.66.0.7", "10.66.0.7"));
    EXPECT_EQ(lease_search("10.66."), range("10.66.0.0", "10.66.255.255"));
    EXPECT_EQ(lease_search("10"), range("10.0.0.0", "10.255.255.255"));
    EXPECT_EQ(lease_search("10.66.0.0/22"), range("10.66.0.0", "10.66.3.255"));
    EXPECT_EQ(lease_search("10.66.0.7/32"), range("10.66.0.7", "10.66.0.7"));
}

TEST(LeaseSearch, ReadsMacsAndTheirBeginnings) {
    const auto range = [](const char* from, const char* to) { return LeaseSearch{.is_address = false, .from = from, .to = to}; };
    for (const auto* text : {"02:00:5e", "02-00-5E", "0200.5e", "02005E"})
        EXPECT_EQ(lease_search(text), range("02:00:5e:00:00:00", "02:00:5e:ff:ff:ff")) << text;
    EXPECT_EQ(lease_search("02:00:5e:00:00:01"), range("02:00:5e:00:00:01", "02:00:5e:00:00:01"));
}

TEST(LeaseSearch, RefusesWhatIsNeither) {
    for (const auto* text : {"", "a", "phone", "300.1", "10.66.0.7.8.9.1.2.3.4.5.6.7", "02:00:5e:00:00:01:02", "10.66.0.1/8x"})
        EXPECT_FALSE(lease_search(text)) << text;
}

}  // namespace
}  // namespace vivi::db
