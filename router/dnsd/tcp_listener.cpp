// Sessions of two loops, one that reads and one that writes, and a clock beside them.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/tcp_listener.hpp"

#include <array>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <utility>

#include "common/runtime/clock.hpp"
#include "common/runtime/signal.hpp"
#include "router/dnsd/socket_address.hpp"

namespace vivi::dnsd {
namespace {

using Tcp = net::ip::tcp;

constexpr int backlog = 128;
constexpr Milliseconds between_tries{100};  ///< When the process has no descriptor left.

Endpoint to_endpoint(const Tcp::endpoint& end) {
    sockaddr_storage storage{};
    std::memcpy(&storage, end.data(), end.size());
    return from_kernel(storage);
}

}  // namespace

struct TcpListener::Session {
    Session(TcpListener& owner, Tcp::socket open, const Client& who)
        : listener{owner}, socket{std::move(open)}, client{who}, more{owner.executor_}, clock{owner.executor_} {
        listener.sessions_.emplace(client.route, this);
        ++listener.by_client_[client.from.address];
        progress();
    }
    ~Session() {
        listener.sessions_.erase(client.route);
        const auto count = listener.by_client_.find(client.from.address);
        if (--count->second == 0) listener.by_client_.erase(count);
    }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void progress() { deadline = now() + listener.limits_.idle; }
    bool is_done() const { return is_at_end && waiting == 0 && out.empty(); }

    TcpListener& listener;
    Tcp::socket socket;
    Client client;
    Bytes out{};   ///< Answers with their lengths, not yet given to the kernel.
    Signal more;   ///< There is something in `out`, or nothing will come any more.
    Signal clock;  ///< The end came sooner than the deadline.
    Instant deadline{};
    std::size_t waiting = 0;  ///< Queries without an answer so far.
    bool is_at_end = false;   ///< The client sends nothing more.
    bool is_cut = false;
};

TcpListener::TcpListener(const net::any_io_executor& executor, std::function<void(BytesView, const Client&)> query,
                         TcpLimits limits)
    : executor_{executor}, query_{std::move(query)}, limits_{limits}, group_{executor} {}

Status TcpListener::listen(const Endpoint& where) {
    const auto what = "TCP " + to_string(where);
    const auto kernel = to_kernel(where);
    Tcp::acceptor acceptor{executor_};
    boost::system::error_code error;
    const bool is_ipv6 = kernel.storage.ss_family == AF_INET6;
    Tcp::endpoint end{is_ipv6 ? Tcp::v6() : Tcp::v4(), where.port};
    std::memcpy(end.data(), kernel.pointer(), kernel.size);
    acceptor.open(end.protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address{true}, error);
    if (!error && is_ipv6) acceptor.set_option(net::ip::v6_only{true}, error);
    if (!error) acceptor.bind(end, error);
    if (!error) acceptor.listen(backlog, error);
    if (error) return std::unexpected{socket_error(what, error.value())};
    acceptors_.push_back(std::move(acceptor));
    return {};
}

Task<> TcpListener::run() {
    for (auto& acceptor : acceptors_) group_.start(accept(acceptor));
    co_await group_.run();
}

Task<> TcpListener::accept(Tcp::acceptor& acceptor) {
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(as_value);
        if (error) {
            co_await after(between_tries);
            continue;
        }
        boost::system::error_code ignored;
        const auto remote = socket.remote_endpoint(ignored);
        const auto local = socket.local_endpoint(ignored);
        if (ignored) continue;  // Gone already.
        const Client client{.from = to_endpoint(remote),
                            .local = to_endpoint(local).address,
                            .transport = Transport::Tcp,
                            .route = ++last_route_};
        const auto found = by_client_.find(client.from.address);
        if (sessions_.size() >= limits_.connections || (found != by_client_.end() && found->second >= limits_.a_client)) {
            ++counters_.refused;
            continue;  // The destructor closes it.
        }
        ++counters_.accepted;
        socket.set_option(Tcp::no_delay{true}, ignored);
        group_.start(serve(std::move(socket), client));
    }
}

Task<> TcpListener::serve(Tcp::socket socket, Client client) {
    Session session{*this, std::move(socket), client};
    co_await together(read(session), write(session), watch(session));
}

Task<> TcpListener::read(Session& session) {
    Bytes message(limits_.message_bytes);
    for (;;) {
        std::array<std::byte, 2> prefix{};
        const auto [no_prefix, ignored] = co_await net::async_read(session.socket, net::buffer(prefix), as_value);
        if (no_prefix) break;
        const auto size = Reader{prefix}.u16();
        if (size > message.size()) co_return;
        const auto [no_message, count] = co_await net::async_read(session.socket, net::buffer(message.data(), size), as_value);
        if (no_message) break;
        session.progress();
        ++session.waiting;
        ++counters_.queries;
        query_(BytesView{message}.first(size), session.client);
    }
    // Half closed: what was asked is still answered (RFC 7766 section 6.2.4).
    session.is_at_end = true;
    session.more.notify();
    for (;;) co_await after(Milliseconds{limits_.idle});
}

Task<> TcpListener::write(Session& session) {
    for (Bytes under_way;;) {
        while (session.out.empty()) {
            if (session.is_done()) co_return;
            co_await session.more.wait();
        }
        under_way.clear();
        std::swap(under_way, session.out);
        const auto [error, count] = co_await net::async_write(session.socket, net::buffer(under_way), as_value);
        if (error) co_return;
        session.progress();
    }
}

Task<> TcpListener::watch(Session& session) {
    while (!session.is_cut && now() < session.deadline) co_await session.clock.wait_until(session.deadline);
    ++(session.is_cut ? counters_.slow : counters_.idle);
}

void TcpListener::answer(const Client& client, BytesView message) {
    const auto found = sessions_.find(client.route);
    if (found == sessions_.end()) return;
    auto& session = *found->second;
    if (session.waiting > 0) --session.waiting;
    if (session.out.size() + message.size() + 2 > limits_.waiting_bytes) {
        session.is_cut = true;
        session.clock.notify();
        return;
    }
    const std::array prefix{static_cast<std::byte>(message.size() >> 8), static_cast<std::byte>(message.size() & 0xff)};
    session.out.insert(session.out.end(), prefix.begin(), prefix.end());
    session.out.insert(session.out.end(), message.begin(), message.end());
    session.more.notify();
}

}  // namespace vivi::dnsd
