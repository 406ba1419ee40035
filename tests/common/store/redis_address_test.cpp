// A Redis address says where to connect and how to greet.
// SPDX-License-Identifier: Apache-2.0
#include "common/store/redis_address.hpp"

#include <gmock/gmock.h>

namespace vivi::store {
namespace {

using testing::ElementsAre;

TEST(RedisAddress, GreetsWithNothingButPingByDefault) {
    const auto target = parse_redis_address("redis://127.0.0.1/0");
    ASSERT_TRUE(target) << target.error().detail;
    EXPECT_EQ(target->host, "127.0.0.1");
    EXPECT_EQ(target->port, 6379);
    EXPECT_THAT(target->greeting, ElementsAre(Command{"PING"}));
}

TEST(RedisAddress, LogsInAndSelectsFirst) {
    const auto target = parse_redis_address("redis://dhcpd:s%20cret@10.0.0.1:6380/3");
    ASSERT_TRUE(target) << target.error().detail;
    EXPECT_EQ(target->port, 6380);
    EXPECT_THAT(target->greeting, ElementsAre(Command{"AUTH", "dhcpd", "s cret"}, Command{"SELECT", "3"}, Command{"PING"}));
}

TEST(RedisAddress, TakesAPasswordWithoutAUser) {
    const auto target = parse_redis_address("redis://:secret@localhost");
    ASSERT_TRUE(target) << target.error().detail;
    EXPECT_THAT(target->greeting, ElementsAre(Command{"AUTH", "secret"}, Command{"PING"}));
}

TEST(RedisAddress, TakesAUnixSocket) {
    const auto target = parse_redis_address("unix:///run/redis/redis.sock");
    ASSERT_TRUE(target) << target.error().detail;
    EXPECT_EQ(target->unix_path, "/run/redis/redis.sock");
}

TEST(RedisAddress, RefusesWhatIsNotRedis) {
    for (const auto* const wrong :
         {"amqp://127.0.0.1", "redis:///0", "redis://host/first", "redis://host/1/2", "unix://run/redis.sock", "unix:///"})
        EXPECT_FALSE(parse_redis_address(wrong)) << wrong;
}

}  // namespace
}  // namespace vivi::store
