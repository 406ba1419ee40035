// A wire between two programs that can go dead without closing anything.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "common/runtime/signal.hpp"
#include "common/runtime/task_group.hpp"

namespace vivi::test {

/// Passes on what comes to its port, to a port of 127.0.0.1.
class Relay {
public:
    Relay(net::any_io_executor executor, std::uint16_t to)
        : to_{to},
          acceptor_{executor, net::ip::tcp::endpoint{net::ip::address_v4::loopback(), 0}},
          thawed_{executor},
          pipes_{executor} {}
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    Task<> run() { co_await together(pipes_.run(), accept()); }
    /// Connections there are now say nothing any more and stay open; later ones work.
    void kill_those_there_are() { first_alive_ = born_; }
    bool is_dead = false;  ///< Nothing is passed on.

private:
    Task<> accept() {
        for (;;) {
            auto socket = co_await acceptor_.async_accept(net::use_awaitable);
            pipes_.start(pipe(std::move(socket), born_++));
        }
    }
    Task<> pipe(net::ip::tcp::socket client, std::size_t born) {
        net::ip::tcp::socket server{co_await net::this_coro::executor};
        const auto [error] = co_await server.async_connect({net::ip::address_v4::loopback(), to_}, as_value);
        if (error) co_return;
        co_await together(copy(client, server, born), copy(server, client, born));
    }
    Task<> copy(net::ip::tcp::socket& from, net::ip::tcp::socket& to, std::size_t born) {
        std::array<std::byte, 16 * 1024> buffer{};
        for (;;) {
            const auto [error, count] = co_await from.async_read_some(net::buffer(buffer), as_value);
            while (is_dead || born < first_alive_) co_await thawed_.wait();
            if (error) co_return;
            const auto [failure, written] = co_await net::async_write(to, net::buffer(buffer, count), as_value);
            if (failure) co_return;
        }
    }

    std::uint16_t to_;
    net::ip::tcp::acceptor acceptor_;
    Signal thawed_;
    TaskGroup pipes_;
    std::size_t born_ = 0, first_alive_ = 0;
};

}  // namespace vivi::test
