// A TCP relay between two namespaces.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/forward.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <iostream>

#include "common/runtime/task.hpp"
#include "tests/lab/process.hpp"

namespace vivi::lab {
namespace {

using Tcp = net::ip::tcp;

/// Copies until one side ends, then tells the other.
Task<> copy(Tcp::socket& from, Tcp::socket& to) {
    std::array<char, 64 * 1024> buffer{};
    for (;;) {
        const auto [read_error, count] = co_await from.async_read_some(net::buffer(buffer), as_value);
        if (read_error) break;
        const auto [write_error, written] = co_await net::async_write(to, net::buffer(buffer.data(), count), as_value);
        if (write_error) break;
    }
    boost::system::error_code ignored;
    to.shutdown(Tcp::socket::shutdown_send, ignored);
}

Task<> relay(Tcp::socket browser, std::uint16_t target) {
    using namespace net::experimental::awaitable_operators;
    Tcp::socket server{browser.get_executor()};
    const auto [error] = co_await server.async_connect({net::ip::address_v4::loopback(), target}, as_value);
    if (error) co_return;
    boost::system::error_code ignored;
    browser.set_option(Tcp::no_delay{true}, ignored);
    server.set_option(Tcp::no_delay{true}, ignored);
    co_await (copy(browser, server) && copy(server, browser));
}

Task<> accept(Tcp::acceptor acceptor, std::uint16_t target) {
    for (;;) {
        auto browser = co_await acceptor.async_accept(net::use_awaitable);
        net::co_spawn(acceptor.get_executor(), relay(std::move(browser), target), [](std::exception_ptr) {});
    }
}

}  // namespace

Status check_free(std::uint16_t port) {
    net::io_context io;
    try {
        const Tcp::acceptor probe{io, {net::ip::address_v4::loopback(), port}};
        return {};
    } catch (const boost::system::system_error& error) {
        return failed(Code::Conflict, "127.0.0.1:" + std::to_string(port) + ": " + error.code().message() + "; choose another with --web-port");
    }
}

int forward(std::uint16_t port, const std::string& network_namespace, std::uint16_t target) {
    net::io_context io{1};
    Tcp::acceptor acceptor{io, {net::ip::address_v4::loopback(), port}};  // Made here, in the machine's namespace, and kept.
    if (auto entered = enter(network_namespace); !entered) {
        std::cerr << "vivi-lab: " << entered.error().detail << '\n';
        return 1;
    }
    net::co_spawn(io, accept(std::move(acceptor), target), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    io.run();
    return 0;
}

}  // namespace vivi::lab
