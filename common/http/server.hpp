// Serving HTTP/1.1 over TCP and unix sockets, and accepting WebSockets; the sessions are Beast's, the answers the handler's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "common/http/forwarded.hpp"
#include "common/http/message.hpp"
#include "common/http/websocket.hpp"
#include "common/runtime/unix_socket.hpp"

namespace vivi::http {

struct Limits {
    std::size_t header_bytes = 16 * 1024;
    std::size_t body_bytes = 256 * 1024;
    Seconds header_timeout{10};  ///< From the first byte to the end of the header (slowloris).
    Seconds idle_timeout{60};    ///< Between requests of one connection.
    std::size_t connections = 20'000;
};

/// What a listener does with requests. Requests that ask for a WebSocket go to `accept_websocket` when there is one, otherwise to
/// `handle` like any other (RFC 9110 section 7.8: an upgrade may be ignored).
struct Site {
    Handler handle;
    /// Decides on an upgrade: a WebSocket sub-protocol to accept with, or a Response that refuses.
    std::function<std::variant<std::string, Response>(const Request&)> accept_websocket{};
    /// Runs the accepted socket until it closes.
    std::function<Task<>(Request, WebSocket&)> websocket{};
    Limits limits{};
    /// Whose word counts about who the client is.
    Proxies proxies{};
};

/// Listens on address:port and serves until cancelled. Fatal when the port is taken, naming it.
Task<> serve_tcp(std::string address, std::uint16_t port, const Site& site);
/// The same on a unix socket.
Task<> serve_unix(std::string path, const Site& site);

}  // namespace vivi::http
