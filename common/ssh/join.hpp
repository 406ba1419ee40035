// A channel joined to a unix socket: what one says the other hears.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/runtime/signal.hpp"
#include "common/runtime/unix_socket.hpp"
#include "common/ssh/session.hpp"

namespace vivi::ssh {

/// Copies both directions, each at the pace of its reader, until both have ended or one failed.
Task<> join(Channel& channel, UnixSocket& socket);

}  // namespace vivi::ssh
