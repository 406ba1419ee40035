// Coroutines that come and go (one a connection), owned by somebody: none outlives the group, none fails silently.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <list>

#include "common/runtime/signal.hpp"
#include "common/runtime/task.hpp"

namespace vivi {

/// Use: `co_await together(group.run(), accept_loop(group))`. One loop, one thread.
class TaskGroup {
public:
    explicit TaskGroup(net::any_io_executor executor) : executor_{executor}, changed_{executor} {}

    /// Starts `child`; it ends by itself, or is cancelled when run() is. Must not be called once run() was cancelled.
    void start(Task<> child);
    std::size_t size() const noexcept { return children_.size(); }

    /// Waits. Cancelled, or when a child threw: cancels every child, waits until all have ended, and throws what was thrown.
    Task<> run();

private:
    net::any_io_executor executor_;
    Signal changed_;
    std::list<net::cancellation_signal> children_;
    std::exception_ptr failure_;
};

}  // namespace vivi
