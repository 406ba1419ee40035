// Leases and their events on their way into Redis, which comes and goes.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/journal.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "tests/router/dhcpd/client.hpp"

namespace vivi::dhcpd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Remembers transactions; answers as it is told.
class FakeStore final : public store::Store {
public:
    std::vector<std::vector<store::Command>> transactions;
    std::optional<Error> failure;
    store::Reply reply{.kind = store::Reply::Kind::Integer};

    Task<Result<store::Reply>> run(store::Command) override {
        if (failure) co_return std::unexpected{*failure};
        co_return reply;
    }
    Task<Result<std::vector<store::Reply>>> pipeline(std::vector<store::Command> commands) override {
        return transaction(std::move(commands));
    }
    Task<Result<std::vector<store::Reply>>> transaction(std::vector<store::Command> commands) override {
        if (failure) co_return std::unexpected{*failure};
        const std::vector<store::Reply> replies(commands.size(), reply);
        transactions.push_back(std::move(commands));
        co_return replies;
    }
};

template <class T>
T wait_for(Task<T> task) {
    net::io_context io;
    std::optional<T> result;
    net::co_spawn(io, std::move(task), [&](std::exception_ptr failure, T value) {
        if (failure) std::rethrow_exception(failure);
        result = std::move(value);
    });
    io.run();
    return *std::move(result);
}

const WallTime at = from_unix_ms(1'800'000'000'000);

LeaseChange change(std::string_view topic) {
    return {topic,
            {.device = test::phone,
             .address = test::host(100),
             .network = "lan",
             .duration = 60s,
             .granted_at = at,
             .expires_at = at + 60s}};
}

TEST(DhcpdJournal, AGrantWritesTheLeaseAndItsEvent) {
    Recorder recorder{"abc"};
    const auto record = recorder.record(change(model::topic::lease_granted), at);
    const auto commands = commands_for({record});
    ASSERT_THAT(commands, SizeIs(2));
    EXPECT_THAT(commands[0], ElementsAre("HSET", "vivi:leases", "10.66.0.100", record.value));
    EXPECT_THAT(commands[1], ElementsAre("XADD", "vivi:events:dhcpd", "MAXLEN", "~", "200000", "*", "topic", "dhcp.lease.granted",
                                         "body", record.body));

    const auto body = *model::parse_json(record.body);
    EXPECT_EQ(model::parse_envelope(body)->from, (model::Producer{"abc", 1}));
    EXPECT_EQ(*model::parse_lease(body["lease"]), change("").lease);
    EXPECT_EQ(*model::parse_lease(*model::parse_json(record.value)), change("").lease);
}

TEST(DhcpdJournal, TheEndOfALeaseRemovesIt) {
    for (const auto topic : {model::topic::lease_released, model::topic::lease_expired, model::topic::lease_declined}) {
        Recorder recorder{"abc"};
        EXPECT_THAT(commands_for({recorder.record(change(topic), at)})[0], ElementsAre("HDEL", "vivi:leases", "10.66.0.100"));
    }
}

TEST(DhcpdJournal, AlarmsAreEventsWithoutALease) {
    Recorder recorder{"abc"};
    const auto conflict =
        recorder.record({.topic = model::topic::dhcp_conflict, .address = test::host(9), .device = test::laptop}, "lan", at);
    EXPECT_THAT(commands_for({conflict}), SizeIs(1));
    const auto body = *model::parse_json(conflict.body);
    EXPECT_EQ(body["address"], "10.66.0.9");
    EXPECT_EQ(body["device"], "02:00:00:00:00:02");
    const auto pool =
        *model::parse_json(recorder.record({.topic = model::topic::dhcp_pool, .used = 9, .size = 10}, "lan", at).body);
    EXPECT_EQ(pool["used"], 9);
    EXPECT_EQ(pool["from"]["number"], 2) << "numbers rise by one with each event";
}

TEST(DhcpdJournal, ABatchIsOneTransaction) {
    FakeStore store;
    Journal journal{store};
    Recorder recorder{"abc"};
    EXPECT_TRUE(wait_for(journal.keep(
        {recorder.record(change(model::topic::lease_granted), at), recorder.record(change(model::topic::lease_renewed), at)})));
    ASSERT_THAT(store.transactions, SizeIs(1));
    EXPECT_THAT(store.transactions[0], SizeIs(4));
    EXPECT_TRUE(wait_for(journal.keep({})));
    EXPECT_THAT(store.transactions, SizeIs(1)) << "nothing to write is no transaction";
}

TEST(DhcpdJournal, KeepsInOrderWhatRedisCannotTake) {
    FakeStore store;
    Journal journal{store};
    Recorder recorder{"abc"};
    store.failure = Error{Code::Unavailable, "away"};
    EXPECT_FALSE(wait_for(journal.keep({recorder.record(change(model::topic::lease_granted), at)})));
    EXPECT_FALSE(journal.is_durable());
    store.failure.reset();
    EXPECT_FALSE(wait_for(journal.keep({recorder.record(change(model::topic::lease_released), at)})))
        << "left alone for a second";
    EXPECT_EQ(journal.waiting(), 2U);
    EXPECT_THAT(store.transactions, IsEmpty());
}

TEST(DhcpdJournal, WhatRedisRefusesIsNotDoneTwice) {
    FakeStore store;
    Journal journal{store};
    Recorder recorder{"abc"};
    store.reply = {.kind = store::Reply::Kind::Failure, .text = "WRONGTYPE"};
    EXPECT_FALSE(wait_for(journal.keep({recorder.record(change(model::topic::lease_granted), at)})));
    EXPECT_EQ(journal.waiting(), 0U);
}

store::Reply text(std::string value) { return {.kind = store::Reply::Kind::Text, .text = std::move(value)}; }

TEST(DhcpdJournal, BadEntriesDoNotStopTheStart) {
    FakeStore store;
    Recorder recorder{"abc"};
    const auto good = recorder.record(change(model::topic::lease_granted), at);
    store.reply = {.kind = store::Reply::Kind::Array, .elements = {text(good.field), text(good.value)}};
    for (int i = 0; i < 101; ++i) {
        store.reply.elements.push_back(text("10.66.0." + std::to_string(i % 99)));
        store.reply.elements.push_back(text(i % 2 == 0 ? good.value : std::string(static_cast<std::size_t>(i), '[')));
    }
    store.reply.elements.push_back(text("a field without a value"));
    Journal journal{store};
    const auto leases = wait_for(journal.load());
    ASSERT_TRUE(leases);
    EXPECT_THAT(*leases, ElementsAre(change("").lease));
    ASSERT_THAT(store.transactions, SizeIs(1));
    EXPECT_EQ(store.transactions[0].size(), 202U) << "each moved aside";
}

}  // namespace
}  // namespace vivi::dhcpd
