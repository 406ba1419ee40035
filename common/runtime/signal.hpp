// One coroutine tells others on the same loop that something changed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "common/runtime/task.hpp"

namespace vivi {

/// A condition variable of one loop. It remembers nothing: look at the condition first, wait in a loop around it.
///
///     while (!is_ready()) co_await changed.wait();
class Signal {
public:
    explicit Signal(net::any_io_executor executor) : timer_{std::move(executor), Instant::max()} {}

    /// Until the next notify(). When cancelled it returns too, and the next co_await throws.
    Task<> wait() { co_await timer_.async_wait(as_value); }
    /// The same, at the latest until `deadline`. Only where one coroutine waits at a time.
    Task<> wait_until(Instant deadline) {
        timer_.expires_at(deadline);
        co_await timer_.async_wait(as_value);
        timer_.expires_at(Instant::max());
    }
    void notify() { timer_.cancel(); }

private:
    net::steady_timer timer_;
};

}  // namespace vivi
