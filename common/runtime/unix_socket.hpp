// Listening on a unix socket: a stale file is replaced, a live one is a second instance.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/local/stream_protocol.hpp>
#include <string>

#include "common/runtime/task.hpp"

namespace vivi {

using UnixAcceptor = net::local::stream_protocol::acceptor;
using UnixSocket = net::local::stream_protocol::socket;

/// Throws Fatal with Code::Conflict's sentence when another process answers on `path`. Mode 0660.
UnixAcceptor listen_unix(const net::any_io_executor& executor, const std::string& path);

}  // namespace vivi
