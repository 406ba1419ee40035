// The stream under a session: TCP or unix, one type for both, with Beast's timeout on each operation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "common/runtime/task.hpp"

namespace vivi::http {

/// One type, so that Beast's templates are compiled once and not for each address family.
using Stream = boost::beast::basic_stream<net::generic::stream_protocol>;
using BeastRequest = boost::beast::http::request<boost::beast::http::string_body>;

}  // namespace vivi::http
