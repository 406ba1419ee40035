// Going back never unbans anybody, and never bans anybody again.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/rolled_policy.hpp"

#include <gtest/gtest.h>

namespace vivi::db {
namespace {

constexpr Mac ann{{0x02, 0, 0, 0, 0, 0x01}}, bob{{0x02, 0, 0, 0, 0, 0x02}}, eve{{0x02, 0, 0, 0, 0, 0x03}};

TEST(RolledBack, BansAreThoseOfToday) {
    const model::Policy old{.mode = model::Mode::AllowListed,
                            .devices = {{.device = ann, .reason = "long ago"},
                                        {.device = bob, .decision = model::Decision::Allow},
                                        {.device = eve, .until = from_unix_ms(1)}},
                            .never_blocked = {"old.example"}};
    const model::Policy current{.devices = {{.device = eve, .reason = "today"}}, .never_blocked = {"hub.example"}};
    const auto policy = rolled_back(old, current);
    EXPECT_EQ(policy.mode, model::Mode::AllowListed);
    ASSERT_EQ(policy.devices.size(), 2u);
    EXPECT_EQ(policy.devices[0].device, bob) << "who was admitted is again";
    EXPECT_EQ(policy.devices[1].reason, "today");
    EXPECT_FALSE(policy.devices[1].until) << "a ban that ended by itself is a ban of then";
    EXPECT_EQ(policy.never_blocked, (std::vector<std::string>{"old.example", "hub.example"}));
}

TEST(RolledBack, OldProtectionDoesNotUnban) {
    const model::Policy old{.protected_devices = {ann, bob}};
    const model::Policy current{.devices = {{.device = ann}}};
    EXPECT_EQ(rolled_back(old, current).protected_devices, std::vector{bob});
}

}  // namespace
}  // namespace vivi::db
