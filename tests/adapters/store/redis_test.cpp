// The store against a real Redis: its verbs, its bounds in time, its coming back.
// SPDX-License-Identifier: Apache-2.0
#include "common/store/redis.hpp"

#include <gmock/gmock.h>

#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::store {
namespace {

using Kind = Reply::Kind;
using namespace net::experimental::awaitable_operators;

class RedisStore : public testing::Test {
protected:
    void connect() { loop.run(redis.ready()); }
    Result<Reply> run(Command command) { return loop.run(redis.run(std::move(command))); }

    test::PrivateRedis server{};
    test::Loop loop{};
    Redis redis{loop.executor(), {server.url()}};
};

TEST_F(RedisStore, KeepsAndGivesBack) {
    connect();
    const std::string binary{"a\0\r\n\xff", 5};
    ASSERT_TRUE(run({"SET", "key", binary}));
    EXPECT_EQ(loop.run(get_text(redis, "key")).value(), binary);
    EXPECT_EQ(loop.run(get_text(redis, "nothing")).value(), std::nullopt);
    EXPECT_EQ(run({"INCR", "number"})->integer, 1);
    ASSERT_TRUE(run({"RPUSH", "list", "x", "y"}));
    const auto list = run({"LRANGE", "list", "0", "-1"});
    ASSERT_TRUE(list);
    ASSERT_EQ(list->kind, Kind::Array);
    EXPECT_EQ(list->elements.at(1).text, "y");
}

TEST_F(RedisStore, SaysWhatRedisSaidWhenItRefuses) {
    connect();
    ASSERT_TRUE(run({"SET", "text", "x"}));
    const auto refused = run({"LPUSH", "text", "y"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Internal);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("WRONGTYPE"));
}

TEST_F(RedisStore, AnswersAPipelineInOrderWithARefusalInPlace) {
    connect();
    const auto replies = loop.run(redis.pipeline({{"SET", "a", "1"}, {"LPUSH", "a", "x"}, {"GET", "a"}}));
    ASSERT_TRUE(replies);
    ASSERT_EQ(replies->size(), 3U);
    EXPECT_EQ(replies->at(0).text, "OK");
    EXPECT_TRUE(replies->at(1).is_failure());
    EXPECT_EQ(replies->at(2).text, "1");
}

TEST_F(RedisStore, DoesATransactionWholeOrNotAtAll) {
    connect();
    const auto done = loop.run(redis.transaction({{"SET", "a", "1"}, {"INCR", "a"}}));
    ASSERT_TRUE(done);
    EXPECT_EQ(done->at(1).integer, 2);
    const auto refused = loop.run(redis.transaction({{"SET", "a", "9"}, {"NOSUCHCOMMAND"}}));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("NOSUCHCOMMAND"));
    EXPECT_EQ(run({"GET", "a"})->text, "2");
}

TEST_F(RedisStore, IsUnavailableWhileRedisIsAwayAndComesBackByItself) {
    connect();
    ASSERT_TRUE(run({"SET", "kept", "yes"}));
    server.kill();
    const auto lost = run({"GET", "kept"});
    ASSERT_FALSE(lost);
    const auto away = run({"GET", "kept"});
    ASSERT_FALSE(away);
    EXPECT_EQ(away.error().code, Code::Unavailable);
    server.start();
    connect();
    EXPECT_EQ(run({"GET", "kept"})->text, "yes");
}

TEST_F(RedisStore, GivesUpOnARedisThatDoesNotAnswer) {
    connect();
    server.pause();
    const auto start = now();
    const auto late = run({"PING"});
    server.resume();
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, Code::Timeout);
    EXPECT_LT(now() - start, 4s);
    EXPECT_FALSE(redis.connected()) << "an answer that comes late must not be taken for the next one's";
    connect();
    EXPECT_EQ(run({"ECHO", "fresh"})->text, "fresh");
}

Task<> ask_for_nothing(Redis& redis) { co_await redis.run_blocking({"BLPOP", "nothing", "0"}, Milliseconds{60'000}); }

TEST_F(RedisStore, ForgetsAWaiterThatIsCancelled) {
    connect();
    loop.run(together(ask_for_nothing(redis), after(Milliseconds{50})));
    // The answer that nobody waits for arrives before that of the next command.
    Redis other{loop.executor(), {server.url()}};
    loop.run(other.ready());
    ASSERT_TRUE(loop.run(other.run({"RPUSH", "nothing", "now there is"})));
    EXPECT_EQ(run({"ECHO", "mine"})->text, "mine");
}

TEST_F(RedisStore, WaitsLongerForCommandsThatBlock) {
    connect();
    const auto nothing = loop.run(redis.run_blocking({"BLPOP", "empty", "2.2"}, Milliseconds{2'500}));
    ASSERT_TRUE(nothing) << nothing.error().detail;
    EXPECT_TRUE(nothing->is_nil());
}

TEST_F(RedisStore, TakesManyCommandsAtOnceAndRefusesBeyondItsBound) {
    connect();
    std::vector<Command> many(20'000, Command{"INCR", "counter"});
    const auto replies = loop.run(redis.pipeline(many));
    ASSERT_TRUE(replies) << replies.error().detail;
    EXPECT_EQ(replies->back().integer, 20'000);
    many.push_back({"PING"});
    const auto refused = loop.run(redis.pipeline(many));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Overflow);
}

TEST_F(RedisStore, MayEndWithAnswersOwed) {
    test::Loop own;
    {
        Redis brief{own.executor(), {server.url()}};
        own.run(brief.ready());
        net::co_spawn(own.context(), brief.run_blocking({"BLPOP", "never", "0"}, Milliseconds{60'000}),
                      [](std::exception_ptr, const Result<Reply>& reply) { EXPECT_EQ(reply.error().code, Code::Timeout); });
        own.run(after(Milliseconds{0}));
    }
    own.run(after(Milliseconds{1}));
}

TEST(RedisLogin, UsesTheAddressesPasswordAndDatabase) {
    test::PrivateRedis server{{"--requirepass", "se:cret"}};
    test::Loop loop;
    const auto place = "127.0.0.1:" + std::to_string(server.port());
    Redis redis{loop.executor(), {"redis://:se%3Acret@" + place + "/5"}};
    loop.run(redis.ready());
    const auto client = loop.run(redis.run({"CLIENT", "INFO"}));
    ASSERT_TRUE(client) << client.error().detail;
    EXPECT_THAT(client->text, testing::HasSubstr(" db=5 "));

    Redis stranger{loop.executor(), {"redis://:wrong@localhost:" + std::to_string(server.port()) + "/0"}};
    loop.run(stranger.ready() || after(Milliseconds{300}));
    EXPECT_FALSE(stranger.connected());
    const auto refused = loop.run(stranger.run({"PING"}));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, testing::HasSubstr("WRONGPASS"));

    Redis by_path{loop.executor(), {"unix://" + server.unix_socket()}};
    loop.run(after(Milliseconds{20}));
    EXPECT_FALSE(by_path.connected()) << "no password in this address";
}

TEST(RedisLogin, AWrongAddressEndsTheProcess) {
    test::Loop loop;
    EXPECT_THROW((Redis{loop.executor(), {"127.0.0.1:6379"}}), Fatal);
}

}  // namespace
}  // namespace vivi::store
