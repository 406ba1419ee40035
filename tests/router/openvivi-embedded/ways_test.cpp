// Which way to a hub is tried first.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/ways.hpp"

#include <gtest/gtest.h>

namespace vivi::openvivi_embedded {
namespace {

const Instant start{std::chrono::hours{1'000}};

TEST(Ways, PlainComesFirst) {
    Ways ways;
    EXPECT_EQ(ways.first(start), Way::Plain);
    ways.worked(Way::Plain);
    EXPECT_EQ(ways.first(start), Way::Plain);
}

TEST(Ways, WhatWorkedWherePlainFailedIsTriedFirstForAnHour) {
    Ways ways;
    ways.failed(Way::Plain, start);
    EXPECT_EQ(ways.first(start), Way::Plain) << "nothing has worked";
    ways.worked(Way::Tls);
    EXPECT_EQ(ways.first(start + 59min), Way::Tls);
    ways.worked(Way::Tls);
    EXPECT_EQ(ways.first(start + 60min), Way::Plain) << "it may be somewhere else now";
    ways.failed(Way::Plain, start + 60min);
    ways.worked(Way::Tls);
    EXPECT_EQ(ways.first(start + 119min), Way::Tls);
}

TEST(Ways, ThatFailsIsNotTriedFirstAgain) {
    Ways ways;
    ways.failed(Way::Plain, start);
    ways.worked(Way::Tls);
    ways.failed(Way::Tls, start + 1min);
    EXPECT_EQ(ways.first(start + 1min), Way::Plain);
}

TEST(Ways, AHubThatRefusesUsIsNotAskedTwice) {
    EXPECT_FALSE(Ways::is_worth_another({Code::Denied, "the hub refuses this router's key"}));
    EXPECT_TRUE(Ways::is_worth_another({Code::Timeout, "no connection"}));
    EXPECT_TRUE(Ways::is_worth_another({Code::Unavailable, "connection refused"}));
}

}  // namespace
}  // namespace vivi::openvivi_embedded
