// Topic patterns match as AMQP says they do.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "common/bus/memory.hpp"

namespace vivi::bus {
namespace {

struct Case {
    const char* pattern;
    const char* topic;
    bool matches;
};

TEST(Topic, MatchesWordsAndWildcards) {
    for (const auto& [pattern, topic, matches] : std::initializer_list<Case>{
             {"traffic.batch", "traffic.batch", true},
             {"traffic.batch", "traffic.batches", false},
             {"traffic.batch", "traffic", false},
             {"traffic", "traffic.batch", false},
             {"*", "traffic", true},
             {"*", "traffic.batch", false},
             {"dhcp.*.granted", "dhcp.lease.granted", true},
             {"dhcp.*.granted", "dhcp.granted", false},
             {"dhcp.#", "dhcp", true},
             {"dhcp.#", "dhcp.lease.granted", true},
             {"dhcp.#", "dhcps.lease", false},
             {"#", "anything.at.all", true},
             {"#", "", true},
             {"#.changed", "changed", true},
             {"#.changed", "router.7.changed", true},
             {"#.changed", "router.changed.7", false},
             {"router.#.changed", "router.changed", true},
             {"router.#.changed", "router.a.b.changed", true},
             {"#.a.#", "x.a.y.a", true},
             {"#.a.#", "x.y", false},
             {"*.#", "one", true},
             {"*.#", "", true},
             {"a.*", "a.", true},
             {"a.*", "a", false},
         })
        EXPECT_EQ(topic_matches(pattern, topic), matches) << pattern << " and " << topic;
}

}  // namespace
}  // namespace vivi::bus
