// HTTP/1.1 messages as bytes, without a socket: for streams that are not sockets (a channel of the tunnel), and for the server.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "common/http/message.hpp"

namespace vivi::http {

/// The whole request (RFC 9112 section 3), with Content-Length; Host is `host` unless the request has one. Invalid when a method,
/// target or field holds what could begin another message (a line end, a space).
Result<std::string> serialize(const Request& request, std::string_view host);

/// What a response's head says beside its own fields.
struct Framing {
    std::size_t body_bytes = 0;  ///< Content-Length; left out where RFC 9110 section 8.6 forbids it (1xx, 204) and for 304.
    bool close = false;          ///< "connection: close"
    bool keep_alive = false;     ///< "connection: keep-alive", for clients of HTTP/1.0.
    std::string_view date{};     ///< to_http_date(); empty: none.
    bool is_chunked = false;     ///< "transfer-encoding: chunked" in place of the length.
};

/// Status line and fields up to the empty line. Fields that would break the framing are refused, as above; content-length,
/// transfer-encoding and connection of the response are replaced by the framing's.
Result<std::string> serialize_head(const Response& response, const Framing& framing);

/// `piece` as one chunk (RFC 9112 section 7.1); the empty one is the end.
std::string serialize_chunk(std::string_view piece);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string to_http_date(WallTime at);

/// Reads one response from bytes as they come (RFC 9112 section 4 and 6: by length, chunked, or to the end of the stream).
class ResponseParser {
public:
    /// `method` is the request's: an answer to HEAD has no body. More than `most_body_bytes` is Overflow.
    explicit ResponseParser(std::string_view method, std::size_t most_body_bytes = 8 << 20);
    ~ResponseParser();
    ResponseParser(ResponseParser&&) noexcept;
    ResponseParser& operator=(ResponseParser&&) noexcept;

    /// Takes what came; Invalid when it is not HTTP. Bytes after the response are kept out of it and dropped.
    Status feed(std::string_view bytes);
    /// The stream ended. Unavailable when the response is not whole.
    Status end_of_stream();
    bool is_done() const;
    /// The response; only when is_done().
    Response take();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace vivi::http
