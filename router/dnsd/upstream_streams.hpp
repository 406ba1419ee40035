// Questions to upstreams over TCP: for answers that did not fit into a datagram.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "common/runtime/task.hpp"
#include "common/runtime/task_group.hpp"
#include "router/dnsd/decisions.hpp"

namespace vivi::dnsd {

/// One connection a question: they are few. At most `most` at once, each for at most `patience`.
class UpstreamStreams {
public:
    struct Handlers {
        std::function<void(BytesView, const Endpoint&)> answered;
        std::function<void(const Endpoint&, std::uint16_t)> failed;
    };
    static constexpr std::size_t most = 64;
    static constexpr Milliseconds patience{2'500};

    UpstreamStreams(const net::any_io_executor& executor, Handlers handlers);

    /// False at the bound. Never calls a handler before it has returned.
    bool ask(const Decisions::Ask& ask, BytesView message);
    /// Ends by cancellation.
    Task<> run() { co_await group_.run(); }

    std::size_t open() const noexcept { return group_.size(); }
    std::uint64_t asked() const noexcept { return asked_; }

private:
    Task<> converse(Endpoint to, std::uint16_t id, Bytes question);

    TaskGroup group_;
    Handlers handlers_;
    std::uint64_t asked_ = 0;
};

}  // namespace vivi::dnsd
