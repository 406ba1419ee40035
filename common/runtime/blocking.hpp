// The one bridge between coroutines and libraries that wait.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <type_traits>
#include <utility>

#include "common/runtime/task.hpp"

namespace vivi {

/// Runs a blocking call on `worker` and resumes on the caller's loop with what it returned or threw (libpqxx: one call per
/// transaction). The call has its own timeout: cancelling the wait does not stop it, and the caller ends when it has. So the
/// cancellation is not passed on at all: between executors Boost 1.81 hands a raw pointer over (co_spawn_cancellation_handler),
/// which the end of the call frees, and a process that is asked to stop would crash now and then.
template <class Call>
Task<std::invoke_result_t<Call>> blocking(net::thread_pool& worker, Call call) {
    auto body = [call = std::move(call)]() mutable -> Task<std::invoke_result_t<Call>> { co_return call(); };
    co_return co_await net::co_spawn(worker, std::move(body),
                                     net::bind_cancellation_slot(net::cancellation_slot{}, net::use_awaitable));
}

}  // namespace vivi
