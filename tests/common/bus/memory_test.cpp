// The bus in memory behaves as the broker does, as far as a daemon can tell.
// SPDX-License-Identifier: Apache-2.0
#include "common/bus/memory.hpp"

#include <gmock/gmock.h>

#include "tests/adapters/loop.hpp"

namespace vivi::bus {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> topics(const std::vector<Delivery>& deliveries) {
    std::vector<std::string> found;
    for (const auto& delivery : deliveries) found.push_back(delivery.message.topic);
    return found;
}

TEST(Memory, BringsToEachSubscriberWhatItsPatternsMatch) {
    test::Loop loop;
    Memory bus{loop.executor()};
    const auto leases = bus.subscribe({"dhcp.lease.*"});
    const auto all = bus.subscribe({"#"});
    ASSERT_TRUE(loop.run(bus.publish({{"dhcp.lease.granted", "1"}, {"traffic.batch", "2"}, {"dhcp.lease.expired", "3"}})));
    EXPECT_THAT(topics(loop.run(leases->next(10))), ElementsAre("dhcp.lease.granted", "dhcp.lease.expired"));
    EXPECT_THAT(topics(loop.run(all->next(2))), ElementsAre("dhcp.lease.granted", "traffic.batch"));
    EXPECT_THAT(topics(loop.run(all->next(2))), ElementsAre("dhcp.lease.expired"));
}

TEST(Memory, WakesASubscriberThatWaits) {
    test::Loop loop;
    Memory bus{loop.executor()};
    const auto subscriber = bus.subscribe({"#"});
    std::vector<std::string> heard;
    net::co_spawn(loop.context(), subscriber->next(10),
                  [&](std::exception_ptr, const std::vector<Delivery>& deliveries) { heard = topics(deliveries); });
    loop.run(after(Milliseconds{0}));
    EXPECT_THAT(heard, IsEmpty());
    ASSERT_TRUE(loop.run(bus.publish({{"config.changed", "{}"}})));
    loop.run(after(Milliseconds{0}));
    EXPECT_THAT(heard, ElementsAre("config.changed"));
}

TEST(Memory, IsAwayAsOftenAsItIsTold) {
    test::Loop loop;
    Memory bus{loop.executor()};
    bus.fail_next(1);
    const auto refused = loop.run(bus.publish({{"a", ""}}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Unavailable);
    EXPECT_TRUE(bus.published().empty());
    EXPECT_TRUE(loop.run(bus.publish({{"a", ""}})));
    EXPECT_EQ(bus.published().size(), 1U);
}

}  // namespace
}  // namespace vivi::bus
