// A real router on one arm, masquerading in the kernel: a download that passes its interface twice is counted once.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/pcapd/one_arm.hpp"

#include <gmock/gmock.h>

#include "tests/adapters/pcapd/counting.hpp"

namespace vivi::pcapd {
namespace {

TEST(OneArm, ADownloadIsCountedOnceAndForTheDeviceOnly) {
    ASSERT_EQ(::geteuid(), 0U) << "needs root to make network namespaces";
    const test::OneArm arm;
    arm.device_downloads(1);  // From here on the bridge knows everybody, and floods nothing.
    Counting counting{250ms,
                      {.revision = 1,
                       .interfaces = {"lan0"},
                       .prefixes = {*parse_ipv4_prefix("10.66.0.1/24")},
                       .next_hop = parse_ipv4("10.66.0.254")}};
    counting.await_captured();
    const auto received = arm.device_received();
    const auto sent = arm.device_sent();
    arm.device_downloads(5'000'000);
    counting.finish();

    EXPECT_THAT(counting.devices, testing::ElementsAre(*parse_mac("02:00:00:00:00:01"))) << "the gateway is no guest";
    EXPECT_EQ(counting.dropped, 0U);
    EXPECT_EQ(counting.sum.bytes_down, arm.device_received() - received);
    EXPECT_EQ(counting.sum.bytes_up, arm.device_sent() - sent);
    EXPECT_GT(counting.sum.bytes_down, 5'000'000U);
    EXPECT_LT(counting.sum.bytes_down, 5'500'000U) << "not twice";
}

}  // namespace
}  // namespace vivi::pcapd
