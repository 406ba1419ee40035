// Views are numbers that mean the same in every revision, and no two groups or devices share one.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/views.hpp"

#include <gmock/gmock.h>

#include "common/policy/schedule.hpp"
#include "common/policy/verdict.hpp"

namespace vivi::policy {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}}, till{{0x02, 0, 0, 0, 0, 0x03}};

TEST(Views, NumbersOfGroupsAndDevicesNeverMeet) {
    EXPECT_FALSE(is_view_of_device(view_of_group("guests")));
    EXPECT_TRUE(is_view_of_device(view_of_device(phone)));
    EXPECT_NE(view_of_group("guests"), view_of_group("staff"));
    EXPECT_NE(view_of_group("guests"), everybody);
    EXPECT_LT(view_of_device(phone), 1U << 30);
    EXPECT_EQ(view_of_group("guests"), 32550130U) << "kept in the kernel's sets over restarts and updates: it must never change";
    EXPECT_EQ(view_of_device(phone), 881934236U);
}

TEST(Views, WhoHasRulesOfItsOwnHasAViewOfItsOwn) {
    const model::Policy policy{.groups = {{.name = "guests", .devices = {phone, laptop}}},
                               .domains = {{.domain = "example.org", .scope = {.device = phone, .until = WallTime{}}},
                                           {.domain = "example.org", .scope = {.group = "guests"}},
                                           {.domain = "example.org", .scope = {.device = till}}}};
    EXPECT_THAT(views(policy), UnorderedElementsAre(Pair(phone, view_of_device(phone)), Pair(laptop, view_of_group("guests")),
                                                    Pair(till, view_of_device(till))));
}

TEST(Views, ABanOrALimitMakesNoView) {
    EXPECT_TRUE(views({.devices = {{.device = phone}}, .limits = {{.device = laptop, .up_kbit = 100}}}).empty());
}

TEST(Views, ARuleThatIsOverLeavesTheViewAsItWas) {
    const model::Policy policy{
        .groups = {{.name = "guests", .devices = {phone}}},
        .domains = {{.domain = "example.org", .scope = {.device = phone, .until = WallTime{Milliseconds{1000}}}}}};
    const auto later = effective(policy, {}, WallTime{Milliseconds{1000}});
    EXPECT_TRUE(later.domains.empty());
    EXPECT_EQ(views(later), views(policy));
}

TEST(Views, TheModeIsTheGroupsOrElseThePolicys) {
    using enum model::Mode;
    const model::Policy policy{
        .mode = AllowListed,
        .groups = {{.name = "guests", .devices = {phone, laptop}, .mode = BlockListed}, {.name = "staff", .devices = {till}}},
        .domains = {{.domain = "example.org", .scope = {.device = phone}}}};
    EXPECT_THAT(modes(policy),
                UnorderedElementsAre(Pair(everybody, AllowListed), Pair(view_of_device(phone), BlockListed),
                                     Pair(view_of_group("guests"), BlockListed), Pair(view_of_group("staff"), AllowListed)));
}

TEST(Views, TwoGroupsOfOneHashGetTwoNumbersWhateverTheirOrder) {
    // Found by search: both hash to the same 29 bits.
    const model::Group first{.name = "group 17766"}, second{.name = "group 45418"};
    ASSERT_EQ(view_of_group(first.name), view_of_group(second.name));
    const auto one = group_views({.groups = {first, second}}), other = group_views({.groups = {second, first}});
    EXPECT_EQ(one, other);
    EXPECT_NE(one.at(first.name), one.at(second.name));
}

TEST(Layer, NamesAreThoseOfEventsAndLogs) {
    EXPECT_EQ(to_string(Layer::Protected), "protected");
    EXPECT_EQ(to_string(Layer::NewDevice), "new_device");
    EXPECT_EQ(to_string(Layer::DeviceAllow), "device_allow");
    EXPECT_EQ(to_string(Layer::Default), "default");
}

}  // namespace
}  // namespace vivi::policy
