// Waiting for time, and for the first of several loops.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/task.hpp"

#include <boost/asio/steady_timer.hpp>

namespace vivi {

Task<> after(Milliseconds duration) {
    net::steady_timer timer{co_await net::this_coro::executor, duration};
    co_await timer.async_wait(net::use_awaitable);
}

Task<> caught(Task<> body, std::exception_ptr& failure) {
    try {
        co_await std::move(body);
    } catch (...) {
        failure = std::current_exception();
    }
}

Task<> together(Task<> first, Task<> second) {
    using namespace net::experimental::awaitable_operators;
    std::exception_ptr first_failure;
    std::exception_ptr second_failure;
    const auto ended = co_await (caught(std::move(first), first_failure) || caught(std::move(second), second_failure));
    // The one that ended first says why; the other's failure is only its cancellation.
    if (ended.index() == 0 && first_failure) std::rethrow_exception(first_failure);
    if (ended.index() == 1 && second_failure) std::rethrow_exception(second_failure);
}

}  // namespace vivi
