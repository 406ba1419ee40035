// One accepted WebSocket: whole text messages in, whole text messages out, a bounded queue between.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/core/result.hpp"
#include "common/runtime/task.hpp"

namespace vivi::http {

/// Implemented on Beast in websocket.cpp.
class WebSocket {
public:
    virtual ~WebSocket() = default;

    /// The next whole text message; Unavailable when the peer closed or died; Overflow when it was too large.
    virtual Task<Result<std::string>> receive() = 0;

    /// Queues a message made of a head of its own, a body many sockets share (either may be empty) and a tail that outlives the
    /// socket (a literal). Never waits. False when the queue is at its bound (1 MiB) or the peer does not read for 10 s: the
    /// socket is then being closed.
    virtual bool send(std::string head, std::shared_ptr<const std::string> body,
                      std::string_view tail) = 0;  // Shared: one serialisation.

    /// Starts the closing handshake (RFC 6455 section 7) with `code` and at most 123 bytes of `reason`.
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

}  // namespace vivi::http
