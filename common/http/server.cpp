// Listening: accepting connections, up to a bound, until cancelled.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/server.hpp"

#include "common/http/connections.hpp"
#include "common/http/session.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/log.hpp"

namespace vivi::http {
namespace {

constexpr Milliseconds pause_after_failure{200};

using TcpSocket = net::basic_stream_socket<net::ip::tcp, net::io_context::executor_type>;
using LocalSocket = net::basic_stream_socket<net::local::stream_protocol, net::io_context::executor_type>;

/// An IPv4 client of an IPv6 listener has its IPv4 address.
std::string peer_of(const TcpSocket& socket) {
    boost::system::error_code error;
    const auto address = socket.remote_endpoint(error).address();
    if (error) return "gone";
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}
std::string peer_of(const LocalSocket&) { return "unix"; }

void prepare(TcpSocket& socket) {
    boost::system::error_code ignored;
    socket.set_option(net::ip::tcp::no_delay{true}, ignored);
    socket.set_option(net::socket_base::keep_alive{true}, ignored);
}
void prepare(LocalSocket&) {}

/// Ends only by cancellation.
template <class Acceptor>
Task<> accept_all(Acceptor& acceptor, const Site& site, Connections& connections) {
    const auto loop = loop_of(acceptor.get_executor());
    bool was_full = false;
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(loop, as_value);
        if (const auto cancellation = co_await net::this_coro::cancellation_state;
            cancellation.cancelled() != net::cancellation_type::none)
            throw boost::system::system_error{net::error::operation_aborted};
        if (error) {  // Out of descriptors, or the peer was gone before we came.
            log::warn("http.accept_failed", {{"reason", error.message()}});
            co_await after(pause_after_failure);
            continue;
        }
        const bool is_full = connections.count() >= site.limits.connections;
        if (is_full && !was_full) log::warn("http.connections_full", {{"connections", connections.count()}});
        was_full = is_full;
        if (is_full) continue;  // Closed at once: waiting would only fill the backlog.
        prepare(socket);
        auto peer = peer_of(socket);
        connections.add(serve_connection(Stream{StreamSocket{std::move(socket)}, connections.deadlines()}, site, peer), peer);
    }
}

template <class Acceptor>
Task<> serve(Acceptor acceptor, const Site& site) {
    Connections connections{co_await net::this_coro::executor};
    std::exception_ptr failure;
    co_await caught(accept_all(acceptor, site, connections), failure);
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
    co_await connections.end();
    if (failure) std::rethrow_exception(failure);
}

net::ip::tcp::acceptor listen_tcp(const net::any_io_executor& executor, const std::string& address, std::uint16_t port) {
    const auto place = address + ":" + std::to_string(port);
    boost::system::error_code error;
    const auto parsed = net::ip::make_address(address, error);
    if (error)
        throw Fatal{Error{Code::Invalid, place + ": cannot listen: the address is not an IP address"}, Exit::Configuration};
    try {
        return net::ip::tcp::acceptor{executor, {parsed, port}, /*reuse_addr=*/true};
    } catch (const boost::system::system_error& failure) {
        const auto& code = failure.code();
        const std::string advice =
            code == net::error::address_in_use
                ? "port " + std::to_string(port) + " is taken; stop what listens there or choose another port"
            : code == net::error::access_denied ? "ports below 1024 need CAP_NET_BIND_SERVICE; grant it or choose a higher port"
                                                : code.message();
        throw Fatal{Error{Code::Conflict, place + ": cannot listen: " + advice}};
    }
}

}  // namespace

Task<> serve_tcp(std::string address, std::uint16_t port, const Site& site) {
    auto acceptor = listen_tcp(co_await net::this_coro::executor, address, port);
    log::info("http.listening", {{"address", address}, {"port", port}});
    co_await serve(std::move(acceptor), site);
}

Task<> serve_unix(std::string path, const Site& site) {
    auto acceptor = listen_unix(co_await net::this_coro::executor, path);
    log::info("http.listening", {{"path", path}});
    co_await serve(std::move(acceptor), site);
}

}  // namespace vivi::http
