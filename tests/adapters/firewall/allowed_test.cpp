// The allow-only sets in a real kernel: filled, extended by answers and by traffic, emptied, and gone when their time is over.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/allowed.hpp"

#include <gmock/gmock.h>
#include <linux/netlink.h>

#include "router/firewall/dump.hpp"
#include "router/firewall/kernel.hpp"
#include "router/firewall/names.hpp"
#include "tests/adapters/firewall/small_venue.hpp"

namespace vivi::firewall {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

const Allowed web{.view = 0x2a000001, .address = *parse_address("192.0.2.1")};
const Allowed six{.view = 0x2a000001, .address = *parse_address("2001:db8::1")};
const Allowed other_view{.view = 7, .address = *parse_address("192.0.2.1")};

class AllowedKernel : public testing::Test {
protected:
    template <class Call>
    auto inside(Call call) {
        return place->inside("router", std::move(call));
    }
    void SetUp() override {
        if (::geteuid() != 0) FAIL() << "network namespaces need root; run the adapters tests as root";
        place = std::make_unique<test::SmallVenue>();
        place->inside("router", [&] { sets = std::make_unique<AllowedSets>(); });
        inside([&] { ASSERT_TRUE(Kernel{}.load({})); });
    }
    std::vector<Milliseconds> left(std::string_view set) {
        return inside([&] {
            std::vector<Milliseconds> all;
            auto netlink = Netlink::open(NETLINK_NETFILTER);
            EXPECT_TRUE(each_element(*netlink, set, [&](const ElementView& one) { all.push_back(one.left); }));
            return all;
        });
    }

    std::unique_ptr<test::SmallVenue> place{};
    std::unique_ptr<AllowedSets> sets{};
};

TEST_F(AllowedKernel, HoldsWhatIsAllowedAByViewAndFamily) {
    inside([&] {
        ASSERT_TRUE(sets->allow(std::array{web, six, other_view, web}, 1h));
        EXPECT_THAT(*sets->held(), UnorderedElementsAre(web, six, other_view));
        ASSERT_TRUE(sets->forbid(std::array{web, six, Allowed{.view = 9, .address = web.address}}));
        EXPECT_THAT(*sets->held(), UnorderedElementsAre(other_view));
    });
}

TEST_F(AllowedKernel, ALongerTimeoutExtendsAndAShorterOneDoesNot) {
    inside([&] { ASSERT_TRUE(sets->allow(std::array{web}, 100s)); });
    inside([&] { ASSERT_TRUE(sets->allow(std::array{web}, 1000s)); });
    ASSERT_EQ(left(dynamic::allowed4).size(), 1U);
    EXPECT_GT(left(dynamic::allowed4).front(), 990s);
    inside([&] { ASSERT_TRUE(sets->allow(std::array{web}, 50s)); });
    EXPECT_GT(left(dynamic::allowed4).front(), 990s);
}

TEST_F(AllowedKernel, AnElementIsGoneWhenItsTimeIsOver) {
    inside([&] { ASSERT_TRUE(sets->allow(std::array{web}, 1s)); });
    const auto end = std::chrono::steady_clock::now() + 3s;
    while (!inside([&] { return sets->held(); })->empty()) ASSERT_LT(std::chrono::steady_clock::now(), end);
}

TEST_F(AllowedKernel, SaysWhenThereIsNoTableAndGoesOnWhenThereIsOne) {
    const test::SmallVenue empty{"empty"};
    empty.inside("router", [&] {
        AllowedSets early;
        const auto refused = early.allow(std::array{web}, 1h);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Code::NotFound);
        EXPECT_EQ(early.held().error().code, Code::NotFound);
        ASSERT_TRUE(Kernel{}.load({}));
        EXPECT_TRUE(early.allow(std::array{web}, 1h));
        EXPECT_THAT(*early.held(), UnorderedElementsAre(web));
    });
}

}  // namespace
}  // namespace vivi::firewall
