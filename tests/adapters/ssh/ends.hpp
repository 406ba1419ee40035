// The two ends of SSH tests: a hub that takes connections, an echo behind a unix socket.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <map>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/task_group.hpp"
#include "common/runtime/unix_socket.hpp"
#include "common/ssh/client.hpp"
#include "common/ssh/join.hpp"
#include "common/ssh/server.hpp"
#include "tests/adapters/loop.hpp"
#include "tests/adapters/relay.hpp"
#include "tests/adapters/services.hpp"

namespace vivi::test {

using net::ip::tcp;
using namespace net::experimental::awaitable_operators;

inline const ssh::Forward sync_forward{.name = "sync", .port = 1};
inline const ssh::Forward api_forward{.name = "api", .port = 2};

inline ssh::PrivateKey made_key() { return *ssh::PrivateKey::generate(); }

/// A hub: whoever `accepted` names comes in, `use` talks to them, `ended` says how it went.
class Hub {
public:
    Hub(net::any_io_executor executor, ssh::Rules given = {.forwards = {sync_forward, api_forward}})
        : rules{std::move(given)}, acceptor_{executor, tcp::endpoint{net::ip::address_v4::loopback(), 0}}, sessions_{executor} {}

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    Task<> run() { co_await together(sessions_.run(), accept()); }

    ssh::PrivateKey key = made_key();
    ssh::Rules rules;
    std::set<std::string> accepted{};  ///< Fingerprints.
    std::function<Task<>(ssh::Session&)> use{};
    std::vector<Error> ended{};        ///< Handshakes that failed and sessions that ended.
    std::vector<std::string> asked{};  ///< Fingerprints that proved themselves.

private:
    Task<> accept() {
        for (;;) {
            auto socket = co_await acceptor_.async_accept(net::use_awaitable);
            sessions_.start(serve(std::move(socket)));
        }
    }
    Task<ssh::Verdict> decide(ssh::PublicKey shown) {
        asked.push_back(ssh::fingerprint(shown));
        co_await after(5ms);  // As a database does.
        co_return ssh::Verdict{.is_accepted = accepted.contains(ssh::fingerprint(shown)), .reason = "not in the list"};
    }
    Task<> serve(tcp::socket socket) {
        const ssh::Decide decider = [this](const ssh::PublicKey& shown) { return decide(shown); };
        auto session = co_await server_.accept(std::move(socket), "test", rules, decider);
        if (!session) {
            ended.push_back(session.error());
            co_return;
        }
        co_await together(watch(**session), talk(**session));
    }
    Task<> watch(ssh::Session& session) {
        auto why = co_await session.run();
        ended.push_back(std::move(why));
    }
    Task<> talk(ssh::Session& session) {
        if (use) co_await use(session);
        for (;;) co_await after(1h);
    }

    tcp::acceptor acceptor_;
    TaskGroup sessions_;
    ssh::Server server_{key};
};

/// Says back what it hears, on a unix socket.
class Echo {
public:
    Echo(net::any_io_executor executor, const std::string& path)
        : acceptor_{listen_unix(executor, path)}, connections_{executor} {}
    Task<> run() { co_await together(connections_.run(), accept()); }

private:
    Task<> accept() {
        for (;;) {
            auto socket = co_await acceptor_.async_accept(net::use_awaitable);
            connections_.start(echo(std::move(socket)));
        }
    }
    static Task<> echo(UnixSocket socket) {
        std::array<std::byte, 16 * 1024> buffer{};
        for (;;) {
            const auto [error, count] = co_await socket.async_read_some(net::buffer(buffer), as_value);
            if (error) co_return;
            const auto [failure, written] = co_await net::async_write(socket, net::buffer(buffer, count), as_value);
            if (failure) co_return;
        }
    }

    UnixAcceptor acceptor_;
    TaskGroup connections_;
};

/// Reads exactly `count` bytes; fewer when the stream ended.
inline Task<Bytes> read(ssh::Channel& channel, std::size_t count) {
    Bytes all(count);
    std::size_t have = 0;
    while (have < count) {
        const auto got = co_await channel.read_some(std::span{all}.subspan(have));
        if (!got || *got == 0) break;
        have += *got;
    }
    all.resize(have);
    co_return all;
}

inline Task<> write_all(ssh::Channel& channel, BytesView bytes) {
    const auto written = co_await channel.write(bytes);
    if (!written) throw std::runtime_error{"write: " + written.error().detail};
}

/// A channel or an exception.
inline Task<std::unique_ptr<ssh::Channel>> opened(ssh::Session& session, ssh::Forward forward) {
    const auto requested = co_await session.forward_requested(forward, 5s);
    if (!requested) throw std::runtime_error{requested.error().detail};
    auto channel = co_await session.open(forward, 5s);
    if (!channel) throw std::runtime_error{channel.error().detail};
    co_return std::make_unique<ssh::Channel>(*std::move(channel));
}

/// Sends `bytes` to an echo and expects them back, both directions at once.
inline Task<> expect_echo(ssh::Channel& channel, const Bytes& bytes) {
    Bytes back;
    const auto reading = [](ssh::Channel& from, std::size_t count, Bytes& into) -> Task<> { into = co_await read(from, count); };
    co_await (write_all(channel, bytes) && reading(channel, bytes.size(), back));
    EXPECT_TRUE(crypto::sha256(back) == crypto::sha256(bytes)) << back.size() << " of " << bytes.size() << " bytes came back";
}

/// Runs `body` beside the parts it needs, until it ends.
template <class... Parts>
Task<> beside(Task<> body, Parts&... parts) {
    co_await together(std::move(body), parts.run()...);
}

}  // namespace vivi::test
