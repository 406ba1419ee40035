// Starting, cancelling and awaiting a group's children.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

namespace vivi {

void TaskGroup::start(Task<> child) {
    const auto signal = children_.emplace(children_.end());
    const auto ended = [this, signal](std::exception_ptr failure) {
        children_.erase(signal);
        if (failure && !failure_) failure_ = failure;
        changed_.notify();
    };
    net::co_spawn(executor_, std::move(child), net::bind_cancellation_slot(signal->slot(), ended));
}

Task<> TaskGroup::run() {
    const auto state = co_await net::this_coro::cancellation_state;
    while (!failure_ && state.cancelled() == net::cancellation_type::none) co_await changed_.wait();

    // From here on we are not to be interrupted: what was started is seen to its end.
    const bool was_cancelled = state.cancelled() != net::cancellation_type::none;
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
    const auto failure = failure_;
    for (auto child = children_.begin(); child != children_.end();) (child++)->emit(net::cancellation_type::terminal);
    while (!children_.empty()) co_await changed_.wait();
    if (failure && !was_cancelled) std::rethrow_exception(failure);
    throw boost::system::system_error{net::error::operation_aborted};
}

}  // namespace vivi
