// Our router's end against our hub's: back-pressure, dead links, bounds, strangers.
// SPDX-License-Identifier: Apache-2.0
#include "tests/adapters/ssh/ends.hpp"

namespace vivi::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class BothEnds : public testing::Test {
public:
    BothEnds() { hub.accepted.insert(ssh::fingerprint(identity.public_key())); }

    Task<std::unique_ptr<ssh::Session>> connected(std::uint16_t port) {
        auto socket = co_await ssh::dial({.host = "127.0.0.1", .port = port});
        if (!socket) throw std::runtime_error{socket.error().detail};
        ssh::Credentials credentials{.identity = identity, .hub_keys = {hub.key.public_key()}};
        ssh::Rules rules = hub.rules;
        auto session = co_await ssh::connect(*std::move(socket), "hub", std::move(credentials), std::move(rules));
        if (!session) throw std::runtime_error{session.error().detail};
        co_return *std::move(session);
    }

    Loop loop{};
    ssh::PrivateKey identity = made_key();
    Hub hub{loop.executor()};
};

Task<> run_session(ssh::Session& session, std::optional<Error>& why) { why = co_await session.run(); }

/// Takes channels and keeps them, without reading.
Task<> hoard(ssh::Session& session, std::vector<std::unique_ptr<ssh::Channel>>& hoarded) {
    for (;;) {
        auto incoming = co_await session.next_channel();
        hoarded.push_back(std::make_unique<ssh::Channel>(std::move(incoming.channel)));
    }
}

Task<> until(const bool& is_true) {
    while (!is_true) co_await after(5ms);
}

TEST_F(BothEnds, WritersWaitForSlowReadersAndNothingIsLost) {
    loop.run([](BothEnds& self) -> Task<> {
        const auto sent = crypto::random_bytes(24 << 20);
        bool is_sent = false;
        std::uint64_t out = 0;
        self.hub.use = [&](ssh::Session& session) -> Task<> {
            auto channel = co_await opened(session, sync_forward);
            const auto counting = [](ssh::Session& on, std::uint64_t& bytes) -> Task<> {
                for (;;) {
                    bytes = on.traffic().out_bytes;
                    co_await after(5ms);
                }
            };
            co_await together(counting(session, out), write_all(*channel, sent));
            channel->end_writing();
            is_sent = true;
            for (;;) co_await after(1h);
        };
        const auto body = [](BothEnds& fixture, const Bytes& expected, const bool& done,
                             const std::uint64_t& on_the_wire) -> Task<> {
            auto session = co_await fixture.connected(fixture.hub.port());
            std::optional<Error> why;
            std::vector<std::unique_ptr<ssh::Channel>> hoarded;
            const auto reading = [](std::vector<std::unique_ptr<ssh::Channel>>& channels, const Bytes& all, const bool& is_done,
                                    const std::uint64_t& wire) -> Task<> {
                while (channels.empty()) co_await after(5ms);
                co_await after(300ms);  // Nobody reads: the window fills, the writer waits.
                EXPECT_FALSE(is_done);
                EXPECT_LT(wire, 4u << 20);
                const auto heard = co_await read(*channels[0], all.size() + 1);
                EXPECT_TRUE(heard == all) << heard.size();
            };
            co_await together(run_session(*session, why), hoard(*session, hoarded),
                              reading(hoarded, expected, done, on_the_wire));
        };
        co_await beside(body(self, sent, is_sent, out), self.hub);
    }(*this));
}

TEST_F(BothEnds, FindALinkDeadThatNobodyClosed) {
    hub.rules.liveness = {.keepalive = 100ms, .dead = 600ms};
    Relay relay{loop.executor(), hub.port()};
    const auto body = [](BothEnds& self, Relay& wire) -> Task<> {
        auto session = co_await self.connected(wire.port());
        std::optional<Error> why;
        const auto dying = [](BothEnds& fixture, Relay& over, const std::optional<Error>& ended) -> Task<> {
            co_await after(1500ms);
            EXPECT_FALSE(ended) << "a quiet link that answers lives";
            EXPECT_THAT(fixture.hub.ended, IsEmpty());
            over.is_dead = true;
            for (;;) co_await after(1h);
        };
        const auto began = now();
        co_await together(run_session(*session, why), dying(self, wire, why));
        EXPECT_EQ(why->code, Code::Timeout);
        EXPECT_LT(now() - began, 15s);
        while (self.hub.ended.empty()) co_await after(10ms);
        EXPECT_EQ(self.hub.ended[0].code, Code::Timeout);
    };
    loop.run(beside(body(*this, relay), hub, relay));
}

TEST_F(BothEnds, KeepToTheBoundOfChannels) {
    hub.rules.most_channels = 8;
    bool is_done = false;
    hub.use = [&](ssh::Session& session) -> Task<> {
        std::vector<std::unique_ptr<ssh::Channel>> channels;
        for (int i = 0; i < 8; ++i) {
            auto channel = co_await opened(session, api_forward);
            channels.push_back(std::move(channel));
        }
        const auto beyond = co_await session.open(api_forward, 5s);
        EXPECT_FALSE(beyond);
        EXPECT_EQ(beyond.error().code, Code::Overflow);
        channels.pop_back();
        const auto again = co_await session.open(api_forward, 5s);
        EXPECT_TRUE(again || again.error().code == Code::Unavailable) << "the router may still count the one that closed";
        is_done = true;
    };
    const auto body = [](BothEnds& self, const bool& done) -> Task<> {
        auto session = co_await self.connected(self.hub.port());
        std::optional<Error> why;
        std::vector<std::unique_ptr<ssh::Channel>> hoarded;
        co_await together(run_session(*session, why), hoard(*session, hoarded), until(done));
    };
    loop.run(beside(body(*this, is_done), hub));
}

TEST_F(BothEnds, EndTheChannelsOfASessionThatEnds) {
    bool is_waiting = false;
    bool is_done = false;
    hub.use = [&](ssh::Session& session) -> Task<> {
        auto channel = co_await opened(session, api_forward);
        is_waiting = true;
        Bytes buffer(10);
        const auto count = co_await channel->read_some(buffer);
        EXPECT_FALSE(count && *count > 0);
        is_done = true;
    };
    const auto body = [](BothEnds& self, const bool& waiting, const bool& done) -> Task<> {
        auto session = co_await self.connected(self.hub.port());
        std::optional<Error> why;
        std::vector<std::unique_ptr<ssh::Channel>> hoarded;
        co_await together(run_session(*session, why), hoard(*session, hoarded), until(waiting));
        session->disconnect("the test is over");
        const auto written = co_await hoarded.at(0)->write(as_bytes("late"));
        EXPECT_FALSE(written) << "a channel outlives its session and then only fails";
        session.reset();
        co_await together(until(done), after(5s));
        while (self.hub.ended.empty()) co_await after(5ms);
        EXPECT_THAT(self.hub.ended[0].detail, HasSubstr("the test is over"));
    };
    loop.run(beside(body(*this, is_waiting, is_done), hub));
}

TEST_F(BothEnds, StrangersWhoSayNothingOrNonsenseAreNotASession) {
    const auto body = [](BothEnds& self) -> Task<> {
        const auto executor = co_await net::this_coro::executor;
        tcp::socket silent{executor}, talker{executor};
        co_await silent.async_connect({net::ip::address_v4::loopback(), self.hub.port()}, net::use_awaitable);
        co_await talker.async_connect({net::ip::address_v4::loopback(), self.hub.port()}, net::use_awaitable);
        // CVE-2018-10933: "I am authenticated", said before anything was proven.
        const std::string nonsense{"SSH-2.0-evil\r\n\0\0\0\x0c\x0a\x34\0\0\0\0\0\0\0\0\0\0", 32};
        co_await net::async_write(talker, net::buffer(nonsense), net::use_awaitable);
        while (self.hub.ended.empty()) co_await after(5ms);
        EXPECT_EQ(self.hub.ended[0].code, Code::Unavailable) << self.hub.ended[0].detail;
        EXPECT_THAT(self.hub.asked, IsEmpty());

        auto session = co_await self.connected(self.hub.port());  // The silent one holds nobody up.
        EXPECT_TRUE(session);
        silent.close();
        while (self.hub.ended.size() < 2) co_await after(5ms);
    };
    loop.run(beside(body(*this), hub));
}

TEST_F(BothEnds, ARouterTheHubRefusesHearsIt) {
    hub.accepted.clear();
    const auto body = [](BothEnds& self) -> Task<> {
        auto socket = co_await ssh::dial({.host = "127.0.0.1", .port = self.hub.port()});
        ssh::Credentials credentials{.identity = self.identity, .hub_keys = {self.hub.key.public_key()}};
        const auto session = co_await ssh::connect(*std::move(socket), "hub", std::move(credentials), self.hub.rules);
        EXPECT_FALSE(session);
        EXPECT_EQ(session.error().code, Code::Denied) << session.error().detail;
    };
    loop.run(beside(body(*this), hub));
}

}  // namespace
}  // namespace vivi::test
