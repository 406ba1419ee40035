// One accepted WebSocket: runs the protocol over it and the operations it starts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/http/websocket.hpp"
#include "server/graphql/engine.hpp"
#include "server/transport/protocol.hpp"
#include "server/transport/site.hpp"

namespace vivi::transport {

/// Lives on one executor. Operations are children: run() returns only when all of them have ended.
class Socket {
public:
    /// All of them outlive run().
    Socket(const net::any_io_executor& executor, graphql::Engine& engine, Session& session, http::WebSocket& socket,
           const SiteOptions& options);

    /// Until the peer closes, breaks the protocol, or the caller cancels.
    Task<> run();

private:
    using Actions = std::vector<Protocol::Action>;

    /// Puts the text into a request that only names its document.
    void begin(Protocol::Number number, graphql::Request& request);
    Task<> single(Protocol::Number number, graphql::Operation operation);
    Task<> subscription(Protocol::Number number, graphql::Operation operation);
    /// Closes the socket when connection_init does not come in time; not a coroutine, because every socket would keep its frame.
    void wait_for_init();
    void perform(Actions actions);
    /// One message, or why none comes any more; false when it was the last.
    bool take(const Result<std::string>& message);
    void close(std::uint16_t code, std::string_view reason);
    void refuse(Protocol::Number number, const graphql::Refusal& refusal);
    void start(Protocol::Number number, Task<> body);
    void stop(Protocol::Number number);
    Task<> end_children();

    net::any_io_executor executor_;
    graphql::Engine& engine_;
    Session& session_;
    http::WebSocket& socket_;
    const SiteOptions& options_;
    Protocol protocol_;
    std::unique_ptr<net::steady_timer> init_{};                      ///< While connection_init is waited for.
    std::map<Protocol::Number, net::cancellation_signal> children_;  ///< Running operations. A signal stays where it is.
    net::steady_timer* ended_ =
        nullptr;  ///< Of end_children(): cancelled when a child or the wait for connection_init has ended.
};

}  // namespace vivi::transport
