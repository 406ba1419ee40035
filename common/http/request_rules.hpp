// Which requests are refused before anybody handles them: everything that two parsers could understand differently.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/http/message.hpp"

namespace vivi::http {

/// What the head of a request says beside its fields.
struct RequestHead {
    bool is_http_1_0 = false;
    const Request& request;  ///< Without its body.
};

/// The answer to a head that is refused; the connection ends after it. Nothing: go on.
/// - Host: exactly one in HTTP/1.1, and a host with or without port (RFC 9112 section 3.2).
/// - Transfer-Encoding: only "chunked", once, without Content-Length and not in HTTP/1.0 (section 6.1: request smuggling).
/// - Content-Length: one number; a list of equal ones is refused too (RFC 9110 section 8.6 leaves the choice).
/// - Expect: only "100-continue" (RFC 9110 section 10.1.1), else 417.
/// - the target in a form of section 3.2 that names something of this server.
std::optional<Response> refuse(const RequestHead& head);

/// The origin form of a target (RFC 9112 section 3.2): "http://host/path" becomes "/path"; "*" stays; others are nothing.
std::optional<std::string> origin_form(std::string_view target);

}  // namespace vivi::http
