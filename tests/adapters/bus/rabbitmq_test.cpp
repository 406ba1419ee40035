// The bus against a real RabbitMQ: nothing that was confirmed is lost, nothing unacknowledged is forgotten.
// SPDX-License-Identifier: Apache-2.0
#include "common/bus/rabbitmq.hpp"

#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <set>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::bus {
namespace {

using testing::ElementsAre;
using namespace net::experimental::awaitable_operators;

class Rabbitmq : public testing::Test {
protected:
    static void SetUpTestSuite() { server = std::make_unique<test::PrivateRabbitmq>(); }
    static void TearDownTestSuite() { server.reset(); }

    Broker broker() const { return {.url = server->url(), .exchange = exchange}; }
    Queue durable(std::vector<std::string> bindings) const {
        return {.name = exchange + ".queue", .bindings = std::move(bindings)};
    }

    /// Publishing before a queue is bound reaches nobody: wait until the subscriber consumes.
    template <class Side>
    void await_connected(const Side& side) {
        test::await("the connection", [&] { return side.connected(); });
    }
    std::vector<std::string> bodies(Subscriber& subscriber, std::size_t count) {
        std::vector<std::string> heard;
        while (heard.size() < count) {
            for (auto& delivery : loop.run(subscriber.next(count - heard.size()))) {
                heard.push_back(delivery.message.body);
                last_tag = delivery.tag;
            }
        }
        return heard;
    }

    static inline std::unique_ptr<test::PrivateRabbitmq> server;
    std::string exchange = "test." + crypto::random_id(4);  ///< Each test has its own.
    test::Loop loop{};
    std::uint64_t last_tag = 0;
};

TEST_F(Rabbitmq, CarriesABatchInOrderToWhoIsBound) {
    RabbitmqSubscriber bound{loop.executor(), broker(), durable({"dhcp.#"})};
    RabbitmqSubscriber live{loop.executor(), broker(), {.name = "", .bindings = {"*.batch"}}};
    await_connected(bound);
    await_connected(live);
    RabbitmqPublisher publisher{loop.executor(), broker()};
    const std::string large(300'000, 'x');
    ASSERT_TRUE(loop.run(
        publisher.publish({{"dhcp.lease.granted", "1"}, {"traffic.batch", "2"}, {"dhcp.pool", large}, {"dhcp.conflict", ""}})));
    EXPECT_THAT(bodies(bound, 3), ElementsAre("1", large, ""));
    EXPECT_THAT(bodies(live, 1), ElementsAre("2"));
}

TEST_F(Rabbitmq, KeepsWhatWasSaidBeforeTheOneWhoMustHearItFirstCame) {
    auto with_queue = broker();
    with_queue.queues.push_back(durable({"traffic.#"}));
    RabbitmqPublisher publisher{loop.executor(), with_queue};
    await_connected(publisher);
    ASSERT_TRUE(loop.run(publisher.publish({{"traffic.batch", "early"}})));
    RabbitmqSubscriber late{loop.executor(), with_queue, durable({"traffic.#"})};
    EXPECT_THAT(bodies(late, 1), ElementsAre("early"));
}

TEST_F(Rabbitmq, DeliversAgainWhatWasNotAcknowledged) {
    auto first = std::make_unique<RabbitmqSubscriber>(loop.executor(), broker(), durable({"#"}));
    await_connected(*first);
    RabbitmqPublisher publisher{loop.executor(), broker()};
    ASSERT_TRUE(loop.run(publisher.publish({{"a", "1"}, {"a", "2"}, {"a", "3"}, {"a", "4"}})));
    EXPECT_THAT(bodies(*first, 2), ElementsAre("1", "2"));
    first->acknowledge(last_tag);
    bodies(*first, 1);
    first.reset();  // What was acknowledged has been told by then.
    RabbitmqSubscriber second{loop.executor(), broker(), durable({"#"})};
    EXPECT_THAT(bodies(second, 2), ElementsAre("3", "4"));
}

TEST_F(Rabbitmq, LosesNothingWhenTheBrokerIsKilled) {
    RabbitmqSubscriber subscriber{loop.executor(), broker(), durable({"#"})};
    await_connected(subscriber);
    RabbitmqPublisher publisher{loop.executor(), broker()};
    std::set<std::string> confirmed;
    const auto publish = [&](int from, int to) {
        for (int number = from; number < to; ++number) {
            std::vector<Message> batch;
            for (int i = 0; i < 20; ++i) batch.push_back({"a", std::to_string(number * 20 + i)});
            while (!loop.run(publisher.publish(batch))) loop.run(after(Milliseconds{50}));
            for (const auto& message : batch) confirmed.insert(message.body);
        }
    };
    publish(0, 10);
    const auto before = bodies(subscriber, 50);
    const auto old_tag = last_tag;
    server->kill();
    const auto refused = loop.run(publisher.publish({{"a", "while away"}}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Unavailable);
    server->start();
    subscriber.acknowledge(old_tag);  // Of the dead connection: must not reach the new one.
    publish(10, 20);

    std::set<std::string> heard;
    while (heard.size() < confirmed.size()) {
        for (const auto& delivery : loop.run(subscriber.next(100))) {
            heard.insert(delivery.message.body);
            EXPECT_GT(delivery.tag, old_tag);
            subscriber.acknowledge(delivery.tag);
        }
    }
    EXPECT_TRUE(std::ranges::includes(heard, confirmed)) << "also the 50 that were handed out and not acknowledged";
}

TEST_F(Rabbitmq, WhatWasBoundLateIsBoundAgainAfterTheBrokersRestart) {
    RabbitmqSubscriber subscriber{loop.executor(), broker(), {.name = "", .bindings = {}}};
    await_connected(subscriber);
    subscriber.bind({"router.a.#", "router.b.#", "router.c.#"});
    RabbitmqPublisher publisher{loop.executor(), broker()};
    const auto say = [&](const std::string& topic, const std::string& body) {
        while (!loop.run(publisher.publish({{topic, body}}))) loop.run(after(Milliseconds{50}));
    };
    /// Bindings are told to the broker one after the other: the last one works when it is heard.
    const auto await_heard = [&](const std::string& topic) {
        for (;;) {
            say(topic, "probe");
            const auto outcome = loop.run([](Subscriber& from) -> Task<bool> {
                auto heard = co_await (from.next(1) || after(Milliseconds{100}));
                co_return heard.index() == 0;
            }(subscriber));
            if (outcome) return;
        }
    };
    await_heard("router.c.watch");

    server->kill();
    test::await("the loss", [&] { return !subscriber.connected(); });
    subscriber.bind({"router.d.#"});  // While nobody can be told.
    subscriber.unbind({"router.b.#"});
    server->start();
    await_heard("router.d.watch");
    say("router.b.watch", "not any more");
    say("router.a.watch", "still");
    say("router.c.watch", "and this");
    std::vector<std::string> heard;
    while (heard.empty() || heard.back() != "and this") {
        for (auto& body : bodies(subscriber, 1))
            if (body != "probe") heard.push_back(std::move(body));
    }
    EXPECT_THAT(heard, ElementsAre("still", "and this"));
}

TEST_F(Rabbitmq, RefusesAtTheBoundOfAQueueAndTakesAgainWhenThereIsRoom) {
    auto small = durable({"#"});
    small.most_bytes = 100'000;
    small.prefetch = 1;
    RabbitmqSubscriber subscriber{loop.executor(), broker(), small};
    await_connected(subscriber);
    RabbitmqPublisher publisher{loop.executor(), broker()};
    const std::vector<Message> batch(10, Message{"a", std::string(10'000, 'x')});
    Status status;
    for (int i = 0; i < 5 && status; ++i) status = loop.run(publisher.publish(batch));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Code::Overflow);
    EXPECT_TRUE(publisher.connected()) << "a refusal is no reason to reconnect";
    Status again = status;
    while (!again) {
        for (const auto& delivery : loop.run(subscriber.next(10))) subscriber.acknowledge(delivery.tag);
        again = loop.run(publisher.publish({{"a", "last"}}));
    }
    std::string heard;
    while (heard != "last") {
        for (const auto& delivery : loop.run(subscriber.next(10))) {
            heard = delivery.message.body;
            subscriber.acknowledge(delivery.tag);
        }
    }
}

TEST_F(Rabbitmq, DropsTheOldestOfALiveQueueAtItsBound) {
    RabbitmqSubscriber live{loop.executor(), broker(), {.name = "", .bindings = {"#"}, .most_bytes = 50'000, .prefetch = 1}};
    await_connected(live);
    RabbitmqPublisher publisher{loop.executor(), broker()};
    std::vector<Message> batch;
    for (int i = 0; i < 20; ++i) batch.push_back({"a", std::string(10'000, static_cast<char>('a' + i))});
    ASSERT_TRUE(loop.run(publisher.publish(batch)));
    std::vector<char> heard;
    while (heard.empty() || heard.back() != 't') {
        for (const auto& delivery : loop.run(live.next(10))) {
            heard.push_back(delivery.message.body.front());
            live.acknowledge(delivery.tag);
        }
    }
    EXPECT_LE(heard.size(), 7U);
}

TEST_F(Rabbitmq, HoldsTheBrokerBackWhenNobodyTakes) {
    RabbitmqSubscriber subscriber{loop.executor(), broker(), durable({"#"})};
    await_connected(subscriber);
    RabbitmqPublisher publisher{loop.executor(), broker()};
    const std::vector<Message> batch(2, Message{"a", std::string(1'000'000, 'x')});
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(loop.run(publisher.publish(batch)));
    EXPECT_EQ(bodies(subscriber, 40).size(), 40U) << "40 MB pass through a buffer of 16";
}

TEST_F(Rabbitmq, AnswersInTimeWhenTheBrokerHangs) {
    auto publisher = std::make_unique<RabbitmqPublisher>(loop.executor(), broker());
    auto subscriber = std::make_unique<RabbitmqSubscriber>(loop.executor(), broker(), durable({"#"}));
    await_connected(*publisher);
    await_connected(*subscriber);
    server->pause();
    const auto start = now();
    const std::vector<Message> batch(20, Message{"a", std::string(1'000'000, 'x')});  // More than the sockets hold.
    const auto status = loop.run(publisher->publish(batch));
    const auto answered = now();
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Code::Unavailable);
    EXPECT_LT(answered - start, 15s);
    publisher.reset();
    subscriber.reset();
    EXPECT_LT(now() - answered, 15s);
    server->resume();
}

TEST_F(Rabbitmq, AWaitThatIsCancelledIsAborted) {
    RabbitmqPublisher publisher{loop.executor(), broker()};
    await_connected(publisher);
    server->pause();  // It confirms nothing.
    net::cancellation_signal cancel;
    std::exception_ptr thrown;
    net::co_spawn(
        loop.context(), publisher.publish({{"a", "x"}}),
        net::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& failure, const Status&) { thrown = failure; }));
    loop.run(after(Milliseconds{1}));
    cancel.emit(net::cancellation_type::terminal);
    const auto waiting = [&]() -> Task<> {
        while (!thrown) co_await after(Milliseconds{1});
    };
    loop.run(waiting());
    server->resume();
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
        EXPECT_EQ(error.code(), net::error::operation_aborted) << error.what();
    }
}

TEST_F(Rabbitmq, TellsAtOnceThatAMessageIsTooLarge) {
    RabbitmqPublisher publisher{loop.executor(), broker()};
    const auto status = loop.run(publisher.publish({{"a", std::string(max_body_bytes + 1, 'x')}}));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, Code::Invalid);
}

TEST_F(Rabbitmq, EndsQuicklyWithoutABroker) {
    const auto start = now();
    {
        const Broker nobody{"amqp://guest:guest@127.0.0.1:" + std::to_string(test::free_port()) + "/", exchange};
        RabbitmqPublisher publisher{loop.executor(), nobody};
        RabbitmqSubscriber subscriber{loop.executor(), nobody, durable({"#"})};
        const auto status = loop.run(publisher.publish({{"a", ""}}));
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, Code::Unavailable);
        loop.run(after(Milliseconds{10}) || subscriber.next(1));
    }
    EXPECT_LT(now() - start, 4s);
}

TEST_F(Rabbitmq, AWrongUrlEndsTheProcess) {
    EXPECT_THROW((RabbitmqPublisher{loop.executor(), {"http://127.0.0.1", exchange}}), Fatal);
}

}  // namespace
}  // namespace vivi::bus
