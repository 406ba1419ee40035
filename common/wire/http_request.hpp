// The beginning of an HTTP/1 request (RFC 9112): the host that is asked for in clear.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>

#include "common/core/bytes.hpp"
#include "common/wire/name.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::wire::http {

/// The name of the first request in `stream`, the first bytes a client sends: of its target when that names a host (CONNECT and
/// requests to a proxy, RFC 9112 section 3.2), else of its Host field. Empty when there is none or it is an address literal.
/// Truncated: it looks like a request, but the head ends before the host is known; Unsupported: something else. Nothing is
/// allocated.
std::expected<Name, ParseError> parse_host(BytesView stream) noexcept;

}  // namespace vivi::wire::http
