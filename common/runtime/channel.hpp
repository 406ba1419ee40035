// A bounded queue from any thread to the loop; what happens at the bound is the pusher's to decide.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <boost/asio/experimental/concurrent_channel.hpp>
#include <cstdint>
#include <utility>

#include "common/runtime/task.hpp"

namespace vivi {

/// Values pushed on any thread are taken, in order, by one coroutine.
template <class T>
class Channel {
public:
    /// At most `bound` values wait.
    Channel(const net::any_io_executor& executor, std::size_t bound) : channel_{executor, bound} {}

    /// From any thread. False at the bound: the value is not taken and counted in refused().
    bool push(T value) {
        if (channel_.try_send(boost::system::error_code{}, std::move(value))) return true;
        refused_.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    /// Waits for the next value; cancellation throws.
    Task<T> take() { co_return co_await channel_.async_receive(net::use_awaitable); }

    std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

private:
    net::experimental::concurrent_channel<void(boost::system::error_code, T)> channel_;
    std::atomic<std::uint64_t> refused_ = 0;
};

}  // namespace vivi
