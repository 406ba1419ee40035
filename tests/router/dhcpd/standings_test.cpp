// Bans of this moment, as dhcpd reads them from the compiled policy.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/standings.hpp"

#include <gmock/gmock.h>

#include "tests/router/dhcpd/client.hpp"

namespace vivi::dhcpd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using test::host, test::Lan, test::laptop, test::one_address, test::phone;

model::Policy with_night_ban() {
    model::Policy policy;
    policy.schedules.push_back({.name = "night", .windows = {{.from = 22h, .to = 6h}}});
    policy.devices.push_back({.device = phone, .schedule = "night"});
    policy.devices.push_back({.device = laptop});
    return policy;
}

/// What bridged compiles when only the rules that hold are left.
Bytes compiled(std::vector<Mac> banned) {
    model::Policy effective;
    for (const auto device : banned) effective.devices.push_back({.device = device});
    return policy::compile(effective, 7);
}

std::vector<Mac> banned(const model::Policy& policy) {
    std::vector<Mac> all;
    for (const auto& rule : policy.devices) all.push_back(rule.device);
    return all;
}

TEST(DhcpdStandings, AScheduledBanHoldsWhileTheCompiledPolicySaysSo) {
    const auto by_day = compiled({laptop});
    const auto by_night = compiled({phone, laptop});
    EXPECT_THAT(banned(bans_of(with_night_ban(), *policy::Engine::open(by_day, {}))), ElementsAre(laptop));
    const auto night = bans_of(with_night_ban(), *policy::Engine::open(by_night, {}));
    EXPECT_THAT(banned(night), ElementsAre(phone, laptop));
    EXPECT_TRUE(night.devices[0].schedule.empty()) << "evaluated already";
}

TEST(DhcpdStandings, WithoutACompiledPolicyTheDocumentsBansHold) {
    const Standings none{""};
    EXPECT_THAT(banned(none.of({.revision = 7, .policy = with_night_ban()})), ElementsAre(phone, laptop));
}

TEST(DhcpdStandings, ADeviceThatNobodyBannedIsNotInIt) {
    const auto nobody = compiled({});
    EXPECT_THAT(banned(bans_of(with_night_ban(), *policy::Engine::open(nobody, {}))), IsEmpty());
}

/// The packet filter drops a banned device's address too: nobody else may get it while it still means the banned one.
TEST(DhcpdStandings, ABannedDevicesAddressGoesToNobodyUntilItsLeaseWouldHaveEnded) {
    Lan lan{one_address(60s)};
    ASSERT_EQ(lan.join(phone), host(100));
    lan.engine.configure(one_address(60s), {.devices = {{.device = phone}}}, lan.now());
    lan.release(phone, host(100));
    EXPECT_EQ(lan.renew(phone, host(100)), std::nullopt);
    lan.wait(59s);
    EXPECT_EQ(lan.join(laptop), std::nullopt) << "a second before its end";
    lan.wait(1s);
    EXPECT_EQ(lan.join(laptop), host(100));
}

}  // namespace
}  // namespace vivi::dhcpd
