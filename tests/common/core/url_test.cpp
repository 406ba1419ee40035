// A service's URL is read whole or refused with a reason.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/url.hpp"

#include <gmock/gmock.h>

namespace vivi {
namespace {

TEST(Url, HasAllItsParts) {
    const auto url = parse_url("AMQP://vivi:p%40ss%3Aword@broker.lan:5673/events%2Fone");
    ASSERT_TRUE(url) << url.error().detail;
    EXPECT_EQ(url->scheme, "amqp");
    EXPECT_EQ(url->user, "vivi");
    EXPECT_EQ(url->password, "p@ss:word");
    EXPECT_EQ(url->host, "broker.lan");
    EXPECT_EQ(url->port, 5673);
    EXPECT_EQ(url->path, "/events/one");
}

TEST(Url, MayLackLoginPortAndPath) {
    const auto url = parse_url("redis://127.0.0.1");
    ASSERT_TRUE(url) << url.error().detail;
    EXPECT_EQ(url->host, "127.0.0.1");
    EXPECT_EQ(url->port, 0);
    EXPECT_TRUE(url->user.empty() && url->password.empty() && url->path.empty());
}

TEST(Url, TakesIpv6InBracketsAndUnixPaths) {
    const auto address = parse_url("redis://:secret@[::1]:6380/2");
    ASSERT_TRUE(address) << address.error().detail;
    EXPECT_EQ(address->host, "::1");
    EXPECT_EQ(address->port, 6380);
    EXPECT_EQ(address->password, "secret");
    const auto path = parse_url("unix:///run/redis.sock");
    ASSERT_TRUE(path) << path.error().detail;
    EXPECT_EQ(path->host, "");
    EXPECT_EQ(path->path, "/run/redis.sock");
}

TEST(Url, RefusesWhatItCannotRead) {
    for (const auto* const wrong :
         {"", "127.0.0.1:6379", "://host", "re dis://host", "redis://host:0", "redis://host:65536", "redis://host:12a",
          "redis://host:", "redis://%zz@host", "redis://user:%4@host", "redis://[::1", "redis://[::1]x:1", "redis://ho st"})
        EXPECT_FALSE(parse_url(wrong)) << wrong;
}

TEST(Url, DoesNotRepeatThePasswordWhenItRefuses) {
    const auto refused = parse_url("redis://user:topsecret%@host:6379");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, testing::Not(testing::HasSubstr("topsecret")));
}

}  // namespace
}  // namespace vivi
