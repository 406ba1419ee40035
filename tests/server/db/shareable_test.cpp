// What of a name may leave an organisation.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "server/db/categories.hpp"

namespace vivi::db {
namespace {

TEST(Shareable, IsTheRegisteredPartOfAPublicName) {
    EXPECT_EQ(shareable("cdn.video.shop.co.uk"), "shop.co.uk");
    EXPECT_EQ(shareable("news.org"), "news.org");
    EXPECT_EQ(shareable("somebody.github.io"), "somebody.github.io") << "a private suffix";
}

TEST(Shareable, NamesMadeUpForOneDeviceStay) {
    EXPECT_EQ(shareable("u123456.tracker.com"), std::nullopt);
    EXPECT_EQ(shareable("deadbeefdeadbeef.cdn.com"), std::nullopt);
    EXPECT_EQ(shareable("u12345.tracker.com"), "tracker.com");
}

TEST(Shareable, NamesOfOneNetworkStay) {
    for (const auto* name : {"printer", "nas.local", "host.lan", "a.b.internal", "1.168.192.in-addr.arpa", "x.onion", ""})
        EXPECT_EQ(shareable(name), std::nullopt) << name;
}

}  // namespace
}  // namespace vivi::db
