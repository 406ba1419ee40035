// The one bridge between coroutines and libraries that wait.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <type_traits>
#include <utility>

#include "common/runtime/task.hpp"

namespace vivi {

/// Runs a blocking call on `worker` and resumes on the caller's loop with what it returned or threw (libpqxx: one call per
/// transaction). The call has its own timeout: cancelling the wait does not stop it.
template <class Call>
Task<std::invoke_result_t<Call>> blocking(net::thread_pool& worker, Call call) {
    co_return co_await net::co_spawn(
        worker, [call = std::move(call)]() mutable -> Task<std::invoke_result_t<Call>> { co_return call(); }, net::use_awaitable);
}

}  // namespace vivi
