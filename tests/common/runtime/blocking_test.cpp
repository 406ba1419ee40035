// Blocking calls and what becomes of them when whoever waits is cancelled.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/blocking.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>

namespace vivi {
namespace {

Task<> call_for_ever(net::thread_pool& worker, std::atomic<int>& calls) {
    for (;;) co_await blocking(worker, [&calls] { ++calls; });
}

Task<> calls_some(net::thread_pool& worker, int times, std::atomic<int>& calls) {
    for (int call = 0; call < times; ++call) co_await blocking(worker, [&calls] { ++calls; });
}

/// Each round cancels at another moment of a call: before it, in it, as it ends.
TEST(Blocking, CancelledAtAnyMomentItEndsWithTheCall) {
    net::thread_pool first{1}, second{1};
    std::atomic<int> calls = 0;
    for (int round = 0; round < 3000; ++round) {
        net::io_context io;
        std::exception_ptr failure;
        net::co_spawn(io, together(call_for_ever(first, calls), calls_some(second, round % 7, calls)),
                      [&](std::exception_ptr thrown) { failure = thrown; });
        io.run();
        EXPECT_EQ(failure, nullptr);
    }
    EXPECT_GT(calls, 3000);
}

TEST(Blocking, GivesWhatTheCallGaveAndThrowsWhatItThrew) {
    net::thread_pool worker{1};
    net::io_context io;
    int given = 0;
    std::string what;
    const auto script = [&]() -> Task<> {
        given = co_await blocking(worker, [] { return 7; });
        try {
            co_await blocking(worker, [] { throw std::runtime_error{"broken"}; });
        } catch (const std::runtime_error& error) {
            what = error.what();
        }
    };
    net::co_spawn(io, script(), [](std::exception_ptr) {});
    io.run();
    EXPECT_EQ(given, 7);
    EXPECT_EQ(what, "broken");
}

}  // namespace
}  // namespace vivi
