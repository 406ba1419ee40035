// An HTTP request and its response as values; a handler turns one into the other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/runtime/task.hpp"

namespace vivi::http {

/// Field names are lower case; order and repetition are kept.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first field of that (lower-case) name.
std::optional<std::string_view> find(const Headers& headers, std::string_view name);

struct Request {
    std::string method{};  ///< "GET"; as sent.
    std::string target{};  ///< Origin form: "/graphql?query=…".
    Headers headers{};
    std::string body{};
    std::string peer{};    ///< Client address without port; "unix" on a unix socket.
    std::string scheme{};  ///< "http" or "https" when a trusted proxy says so (forwarded.hpp); empty: not known.

    /// The target up to '?'.
    std::string_view path() const;
    /// The first parameter of that name after '?', decoded; nothing when it is absent or its escapes are broken.
    std::optional<std::string> query(std::string_view name) const;
};

/// application/x-www-form-urlencoded (URL Standard section 5.1): %XX and + for a space; nothing when an escape is broken.
std::optional<std::string> decode_component(std::string_view text);

struct Response {
    int status = 200;
    Headers headers{};
    std::string body{};
    /// A body without a known end: after `body`, what this gives until it gives nothing (RFC 9112 section 7.1). The connection's
    /// end cancels it at its next wait or write.
    std::function<Task<std::string>()> more{};
};

/// One line of text, for people; a line end is added.
Response text_response(int status, std::string text);
/// `document` is JSON already.
Response json_response(int status, std::string document);

/// Runs on the loop of the listener. What it throws becomes 500 and a log line.
using Handler = std::function<Task<Response>(Request)>;

}  // namespace vivi::http
