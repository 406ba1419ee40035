// Running coroutines to their end in a test, with a limit instead of a hang.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>

#include "common/runtime/task.hpp"

namespace vivi::test {

/// The loop of a test. Adapters made on it live on while run() runs, and stand still between.
class Loop {
public:
    net::any_io_executor executor() { return io_.get_executor(); }
    net::io_context& context() { return io_; }

    /// Runs until `task` ends and returns its result; throws what it threw, or std::runtime_error after `most`.
    template <class T>
    T run(Task<T> task, Milliseconds most = Milliseconds{30'000}) {
        bool ended = false;
        std::exception_ptr failure;
        const auto until = std::chrono::steady_clock::now() + most;
        io_.restart();
        if constexpr (std::is_void_v<T>) {
            net::co_spawn(io_, std::move(task), [&](std::exception_ptr thrown) {
                ended = true;
                failure = thrown;
            });
            wait(ended, until);
            if (failure) std::rethrow_exception(failure);
        } else {
            std::optional<T> result;
            net::co_spawn(io_, std::move(task), [&](std::exception_ptr thrown, T value) {
                ended = true;
                failure = thrown;
                result = std::move(value);
            });
            wait(ended, until);
            if (failure) std::rethrow_exception(failure);
            return *std::move(result);
        }
    }

private:
    void wait(const bool& ended, std::chrono::steady_clock::time_point until) {
        while (!ended) {
            if (io_.run_one_until(until) == 0) {
                if (std::chrono::steady_clock::now() >= until)
                    throw std::runtime_error{"the test's coroutine did not end in time"};
                io_.restart();
            }
        }
    }

    net::io_context io_{1};
};

}  // namespace vivi::test
