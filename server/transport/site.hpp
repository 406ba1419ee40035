// The one entry of the transport: a graphql::Engine as the three functions an http::Site wants.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "common/http/message.hpp"
#include "common/http/websocket.hpp"
#include "server/graphql/engine.hpp"
#include "server/transport/documents.hpp"
#include "server/transport/metrics.hpp"

namespace vivi::transport {

/// What the program knows about whoever sent a request: made once for each request or socket, outlives everything run for it.
class Session {
public:
    virtual ~Session() = default;
    /// Passed to the resolvers.
    virtual graphql::Context& context() = 0;
    /// Response header fields that the operation asked for (Set-Cookie of a login); taken once, after it ran.
    virtual http::Headers take_headers() { return {}; }
    /// False: connection_init is answered by closing with 4403.
    virtual bool may_connect() { return true; }
    /// Documents that are not in the manifest, where only those may run.
    virtual bool may_send_any_document() const { return false; }
    /// Whose WebSockets are counted together; empty: not counted.
    virtual std::string owner() const { return {}; }
    /// A socket is open from now on: `end` closes it with 4403, to be called on `executor` when whoever opened it may no longer.
    /// Empty: the socket is over.
    virtual void follow(const net::any_io_executor& executor, std::function<void()> end) {
        static_cast<void>(executor), static_cast<void>(end);
    }
};
/// Looks at cookies and headers; never null. Somebody not signed in has a session too, one that may do little.
using OpenSession = std::function<Task<std::unique_ptr<Session>>(const http::Request&)>;

/// Which of the two published readings of GraphQL over HTTP decides the status codes; see status.hpp.
enum class StatusCodes : std::uint8_t { PublishedAudits, Draft2026 };

struct SiteOptions {
    std::string path = "/graphql";
    std::vector<std::string> origins{};  ///< Allowed Origin values; empty: only the host the request was sent to.
    StatusCodes status_codes = StatusCodes::PublishedAudits;
    std::size_t operations_per_socket = 10;  ///< More are answered with `error`, TOO_MANY_OPERATIONS.
    std::size_t message_bytes = 64 * 1024;   ///< Larger WebSocket messages close with 1009.
    Milliseconds init_timeout{3'000};        ///< connection_init must have come, else 4408.
    std::size_t sockets_per_owner = 0;       ///< One more of a Session::owner is closed with 1013; zero: no bound.
    Documents documents{};
    Metrics* metrics = nullptr;  ///< Outlives the site; null: nothing is counted.
};

/// The members have the types of http::Site's members of the same names. `handle` answers 404 outside its path.
struct GraphqlSite {
    http::Handler handle;
    std::function<std::variant<std::string, http::Response>(const http::Request&)> accept_websocket;
    std::function<Task<>(http::Request, http::WebSocket&)> websocket;
};

/// `engine` outlives the site.
GraphqlSite make_site(graphql::Engine& engine, OpenSession open_session, SiteOptions options = {});

}  // namespace vivi::transport
