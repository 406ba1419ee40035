// A proxy without sticky sessions: each connection goes to the next process that takes it, whoever it belongs to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <thread>
#include <vector>

#include "common/runtime/task.hpp"

namespace vivi::test {

/// Runs on a thread of its own until it is destroyed.
class RoundRobin {
public:
    explicit RoundRobin(std::vector<std::uint16_t> backends) : backends_{std::move(backends)}, served_(backends_.size()) {
        net::co_spawn(io_, accept_all(), net::detached);
        thread_ = std::jthread{[this] { io_.run(); }};
    }
    ~RoundRobin() {
        io_.stop();
        thread_.join();
    }
    RoundRobin(const RoundRobin&) = delete;
    RoundRobin& operator=(const RoundRobin&) = delete;

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    /// Connections that backend took so far.
    std::size_t served(std::size_t backend) const { return served_[backend]; }
    /// The backend that took the latest connection.
    std::size_t latest() const { return latest_; }

private:
    using tcp = net::ip::tcp;

    Task<> accept_all() {
        for (;;) {
            auto client = co_await acceptor_.async_accept(net::use_awaitable);
            net::co_spawn(io_, pass(std::move(client)), net::detached);
        }
    }
    Task<> pass(tcp::socket client) {
        using namespace net::experimental::awaitable_operators;
        for (std::size_t tried = 0; tried < backends_.size(); ++tried) {
            const auto backend = next_++ % backends_.size();
            tcp::socket server{io_};
            const tcp::endpoint place{net::ip::address_v4::loopback(), backends_[backend]};
            const auto [error] = co_await server.async_connect(place, as_value);
            if (error) continue;  // Dead: the next one.
            latest_ = backend;
            ++served_[backend];
            co_await (copy(client, server) && copy(server, client));
            co_return;
        }
    }
    static Task<> copy(tcp::socket& from, tcp::socket& to) {
        std::array<char, 16384> piece{};
        for (;;) {
            const auto [error, count] = co_await from.async_read_some(net::buffer(piece), as_value);
            if (error) break;
            const auto [broken, written] = co_await net::async_write(to, net::buffer(piece.data(), count), as_value);
            if (broken) break;
        }
        boost::system::error_code ignored;
        to.shutdown(tcp::socket::shutdown_send, ignored);
    }

    std::vector<std::uint16_t> backends_;
    std::vector<std::atomic<std::size_t>> served_;
    std::atomic<std::size_t> latest_{0};
    std::size_t next_ = 0;
    net::io_context io_{1};
    tcp::acceptor acceptor_{io_, tcp::endpoint{net::ip::address_v4::loopback(), 0}};
    std::jthread thread_{};
};

}  // namespace vivi::test
