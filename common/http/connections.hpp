// The connections of a listener: counted, bounded, and ended together with it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>

#include "common/http/stream.hpp"

namespace vivi::http {

/// Runs coroutines beside its owner, who must await end() before it goes.
class Connections {
public:
    explicit Connections(const net::any_io_executor& executor)
        : executor_{executor}, deadlines_{loop_of(executor)}, changed_{executor, Instant::max()} {}

    /// Of the streams of these connections.
    Deadlines& deadlines() noexcept { return deadlines_; }
    std::size_t count() const noexcept { return signals_.size(); }
    /// What it throws ends only itself and is logged; `what` names it there.
    void add(Task<> connection, std::string what);
    /// Cancels all and waits until they have ended. Call with cancellation disabled.
    Task<> end();

private:
    net::any_io_executor executor_;
    Deadlines deadlines_;
    std::list<net::cancellation_signal> signals_{};
    net::steady_timer changed_;
};

}  // namespace vivi::http
