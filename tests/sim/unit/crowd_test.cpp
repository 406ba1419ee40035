// The simulated crowd keeps its leases as real devices do.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/crowd.hpp"

#include <gmock/gmock.h>

namespace vivi::sim {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr WallTime start = from_unix_ms(1'800'000'000'000);

TEST(SimCrowd, RenewsHalfWaySoThatNobodyIsWithoutAnAddress) {
    Crowd crowd{100, 1};
    ASSERT_THAT(crowd.arrivals(start), SizeIs(100));
    for (auto at = start; at < start + 3h; at += 1min) {
        for (const auto& lease : crowd.renewals(at)) {
            EXPECT_EQ(lease.expires_at, at + lease.duration);
            EXPECT_LE(lease.granted_at, start) << "a lease that is prolonged is the one it was";
        }
        ASSERT_THAT(crowd.leases(at), SizeIs(100));
    }
}

TEST(SimCrowd, RenewsEachOnceInHalfALease) {
    Crowd crowd{100, 1};
    crowd.arrivals(start);
    crowd.renewals(start);
    EXPECT_THAT(crowd.renewals(start + 1s), SizeIs(testing::Le(2u)));
    std::size_t renewals = 0;
    for (auto at = start + 1h; at < start + 2h; at += 1min) renewals += crowd.renewals(at).size();
    EXPECT_NEAR(static_cast<double>(renewals), 200, 100);
}

TEST(SimCrowd, WhoIsBannedLetsItRunOut) {
    Crowd crowd{3, 1};
    const auto banned = crowd.arrivals(start).front().device;
    crowd.ban({banned});
    for (auto at = start; at < start + 2h; at += 1min) crowd.renewals(at);
    ASSERT_THAT(crowd.leases(start + 2h), SizeIs(2));
    for (const auto& lease : crowd.leases(start + 2h)) EXPECT_NE(lease.device, banned);
    crowd.ban({});
    crowd.renewals(start + 2h);
    EXPECT_THAT(crowd.leases(start + 2h), SizeIs(3)) << "let in again";
    EXPECT_THAT(Crowd(3, 1).leases(start), IsEmpty()) << "before they came";
    EXPECT_THAT(Crowd(3, 1).renewals(start), IsEmpty());
}

}  // namespace
}  // namespace vivi::sim
