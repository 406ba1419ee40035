// Which devices a policy is about: groups and protection.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/device_edits.hpp"

#include <gmock/gmock.h>

#include "server/api/sensitive.hpp"

namespace vivi::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}};

TEST(Groups, ADeviceIsInOneAtMost) {
    model::Policy policy{.groups = {{.name = "guests", .devices = {phone, laptop}}, {.name = "stage"}}};
    EXPECT_THAT(set_group(policy, {phone}, "stage"), IsEmpty());
    EXPECT_THAT(policy.groups[0].devices, ElementsAre(laptop));
    EXPECT_THAT(policy.groups[1].devices, ElementsAre(phone));
    EXPECT_THAT(set_group(policy, {phone}, "stage"), IsEmpty());
    EXPECT_THAT(policy.groups[1].devices, ElementsAre(phone)) << "twice is once";
}

TEST(Groups, AreMadeWhenTheyAreNotThereAndStayWhenTheyAreEmpty) {
    model::Policy policy;
    EXPECT_THAT(set_group(policy, {phone}, "kiosks"), IsEmpty());
    EXPECT_THAT(set_group(policy, {phone}, ""), IsEmpty());
    ASSERT_EQ(policy.groups.size(), 1u);
    EXPECT_EQ(policy.groups[0].name, "kiosks");
    EXPECT_THAT(policy.groups[0].devices, IsEmpty());
    EXPECT_THAT(set_group(policy, {phone}, std::string(64, 'x')), ElementsAre("/group: must have at most 63 bytes"));
}

TEST(Protection, LiftsBansAndLeavesSchedules) {
    model::Policy policy{.schedules = {{.name = "nights"}},
                         .devices = {{.device = phone},
                                     {.device = phone, .schedule = "nights"},
                                     {.device = laptop},
                                     {.device = phone, .decision = model::Decision::Allow}}};
    EXPECT_THAT(set_protected(policy, {phone, phone}, true), IsEmpty());
    EXPECT_THAT(policy.protected_devices, ElementsAre(phone));
    ASSERT_EQ(policy.devices.size(), 3u);
    EXPECT_EQ(policy.devices[0].schedule, "nights");
    EXPECT_EQ(policy.devices[1].device, laptop);
    EXPECT_THAT(set_protected(policy, {phone}, false), IsEmpty());
    EXPECT_THAT(policy.protected_devices, IsEmpty());
}

TEST(SensitiveCategories, AreFoundByTheirWordsInAnyCase) {
    for (const auto* category :
         {"religion", "Health", "pornography", "sexual_education", "ADULT", "dating", "Political-Parties", "health & fitness"})
        EXPECT_TRUE(is_sensitive(category)) << category;
    for (const auto* category : {"", "education", "shopping", "healthy", "sextant", "banking_and_payment", "government"})
        EXPECT_FALSE(is_sensitive(category)) << category;
}

}  // namespace
}  // namespace vivi::api
