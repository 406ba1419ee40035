// The TCP connection under a simulated router's tunnel, and ways to lose it that no well-behaved end would take.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "common/core/result.hpp"
#include "common/runtime/descriptor.hpp"
#include "common/runtime/task.hpp"
#include "common/ssh/client.hpp"

namespace vivi::sim {

/// Connects from `from` (unspecified: from where the system likes).
Task<Result<net::ip::tcp::socket>> dial_from(net::ip::address from, ssh::Address hub);

/// Keeps a connection while libssh has it.
class Wire {
public:
    explicit Wire(net::ip::tcp::socket& socket);

    /// Whoever uses the socket speaks to nobody from now on; the connection itself goes on, unread, until the result is closed.
    Descriptor take_away();

private:
    int used_;         // What libssh has.
    Descriptor kept_;  // The same connection.
};

}  // namespace vivi::sim
