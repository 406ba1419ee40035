// What a function that may wait returns, and the two ways to wait for time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "common/core/time.hpp"

namespace vivi {

namespace net = boost::asio;

/// A coroutine that runs on the loop of whoever awaits it.
template <class T = void>
using Task = net::awaitable<T>;

/// Completion token for errors that are normal: `const auto [error, n] = co_await socket.async_read_some(buffer, as_value);`
inline constexpr auto as_value = net::as_tuple(net::use_awaitable);

/// Resumes after `duration`; throws operation_aborted when cancelled, so that a loop around it ends.
Task<> after(Milliseconds duration);

/// Asio's || waits for one *success*: a body that throws would be waited past. This ends normally and keeps what was thrown.
Task<> caught(Task<> body, std::exception_ptr& failure);

/// Runs all of them at once until one ends or throws; the others are cancelled; what was thrown is rethrown.
/// This is how a daemon is put together: its loops end by cancellation only.
Task<> together(Task<> first, Task<> second);
template <class... More>
Task<> together(Task<> first, Task<> second, More... more) {
    co_await together(std::move(first), together(std::move(second), std::move(more)...));
}

}  // namespace vivi
