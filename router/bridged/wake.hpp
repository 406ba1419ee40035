// One waiter is woken by whoever has news: a condition variable of one loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>

#include "common/runtime/task.hpp"

namespace vivi::bridged {

/// Latched: a notify() before the wait is not lost. At most one waiter at a time.
class Wake {
public:
    explicit Wake(const net::any_io_executor& executor) : timer_{executor} {}

    void notify() {
        notified_ = true;
        timer_.cancel();
    }
    /// Until notified, at most so long; true when it was notified.
    Task<bool> wait(Milliseconds at_most) {
        timer_.expires_after(at_most);
        if (!notified_) [[maybe_unused]]
            const auto woken = co_await timer_.async_wait(as_value);
        co_return std::exchange(notified_, false);
    }

private:
    net::steady_timer timer_;
    bool notified_ = false;
};

}  // namespace vivi::bridged
