// A door into a network namespace: connections to a loopback port in there go on to a port out here.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

#include "common/runtime/task_group.hpp"
#include "tests/adapters/firewall/small_venue.hpp"

namespace vivi::test {

/// RabbitMQ listens on TCP alone, so a daemon in a namespace reaches it through this. `place`'s namespace needs its lo up.
class NamespaceDoor {
public:
    NamespaceDoor(const net::any_io_executor& executor, const SmallVenue& place, const std::string& where, std::uint16_t port)
        : acceptor_{executor}, port_{port}, connections_{executor} {
        const int inside = place.inside(where, [&] {
            const int number = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in end{};
            end.sin_family = AF_INET;
            end.sin_port = htons(port);
            end.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            const auto* address = static_cast<const sockaddr*>(static_cast<const void*>(&end));
            if (::bind(number, address, sizeof end) != 0 || ::listen(number, 8) != 0) throw std::runtime_error{"no door"};
            return number;
        });
        acceptor_.assign(net::ip::tcp::v4(), inside);
    }

    /// Ends by cancellation.
    Task<> run() { co_await together(accept(), connections_.run()); }

private:
    using Socket = net::ip::tcp::socket;

    Task<> accept() {
        for (;;) {
            auto socket = co_await acceptor_.async_accept(net::use_awaitable);
            connections_.start(join(std::move(socket)));
        }
    }
    Task<> join(Socket inner) {
        Socket outer{co_await net::this_coro::executor};
        const auto [error] = co_await outer.async_connect({net::ip::address_v4::loopback(), port_}, as_value);
        if (!error) co_await together(carry(inner, outer), carry(outer, inner));
    }
    static Task<> carry(Socket& from, Socket& to) {
        std::array<std::byte, 16'384> buffer{};
        for (;;) {
            const auto [error, count] = co_await from.async_read_some(net::buffer(buffer), as_value);
            if (error) co_return;
            const auto [failed, written] = co_await net::async_write(to, net::buffer(buffer, count), as_value);
            if (failed) co_return;
        }
    }

    net::ip::tcp::acceptor acceptor_;
    std::uint16_t port_;
    TaskGroup connections_;
};

}  // namespace vivi::test
