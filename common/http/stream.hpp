// The stream under a session: TCP or unix, one type for both; and the deadlines of all streams of a listener, on one timer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <boost/intrusive/list.hpp>
#include <memory>

#include "common/core/time.hpp"
#include "common/runtime/task.hpp"

namespace vivi::http {

/// A concrete executor: every layer of an operation keeps copies of it, and a type-erased one is six times as large.
using StreamSocket = net::basic_stream_socket<net::generic::stream_protocol, net::io_context::executor_type>;

/// The executor of the loop behind `executor`, which must be an io_context's, as every one here is.
inline net::io_context::executor_type loop_of(const net::any_io_executor& executor) {
    return static_cast<net::io_context&>(net::query(executor, net::execution::context)).get_executor();
}

/// Closes sockets that did not get on in time, at most `period` late. A timer of its own for every operation would cost more than
/// the operations of a small request.
class Deadlines {
public:
    static constexpr Milliseconds period{250};

    explicit Deadlines(const net::io_context::executor_type& executor);
    ~Deadlines();
    Deadlines(const Deadlines&) = delete;
    Deadlines& operator=(const Deadlines&) = delete;

    /// One socket's; it leaves the others when it ends.
    struct Entry : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
        Instant at{};
        StreamSocket* socket = nullptr;
    };
    /// Closes `entry.socket` once `entry.at` has passed, unless it is moved on or unlinked before.
    void watch(Entry& entry);

private:
    struct Watched;
    static void look_later(const std::shared_ptr<Watched>& watched);
    std::shared_ptr<Watched> watched_;  // Shared with the timer's handler, which may be on its way when this ends.
};

/// What Beast asks of a stream. Not to be moved after its first deadline; `deadlines` outlive it.
class Stream {
public:
    using executor_type = StreamSocket::executor_type;

    Stream(StreamSocket socket, Deadlines& deadlines);
    Stream(Stream&& other) noexcept : socket_{std::move(other.socket_)}, deadlines_{other.deadlines_} {}

    executor_type get_executor() noexcept { return socket_.get_executor(); }
    StreamSocket& socket() noexcept { return socket_; }

    /// From now on; until the next of these two calls. A socket that is late is closed: its operations end with
    /// operation_aborted.
    void expires_after(Milliseconds duration);
    void expires_never() noexcept { deadline_.unlink(); }
    void close() noexcept;

    /// Writes what the socket takes at once, without waiting for anything: bytes; 0 also when there was an error, which the next
    /// operation meets. A small response needs no operation by it.
    template <class Buffers>
    std::size_t write_now(const Buffers& buffers) {
        boost::beast::error_code ignored;
        return socket_.write_some(buffers, ignored);
    }
    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return socket_.async_read_some(buffers, std::forward<Token>(token));
    }
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return socket_.async_write_some(buffers, std::forward<Token>(token));
    }

private:
    StreamSocket socket_;
    Deadlines* deadlines_;
    Deadlines::Entry deadline_{};
};

using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;

// What a WebSocket does with its stream at the end (Beast, "Teardown"); found by their argument.

void beast_close_socket(Stream& stream);
void teardown(boost::beast::role_type role, Stream& stream, boost::beast::error_code& error);
template <class Handler>
void async_teardown(boost::beast::role_type role, Stream& stream, Handler&& handler) {
    using boost::beast::websocket::async_teardown;
    async_teardown(role, stream.socket(), std::forward<Handler>(handler));
}

}  // namespace vivi::http
