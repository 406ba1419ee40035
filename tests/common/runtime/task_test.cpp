// Loops that run together end together, and say why.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/task.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <stdexcept>

namespace vivi {
namespace {

Task<> for_ever(bool& was_cancelled) {
    try {
        co_await after(Milliseconds{3'600'000});
    } catch (...) {
        was_cancelled = true;
        throw;
    }
}

Task<> fails() {
    co_await after(Milliseconds{0});
    throw std::runtime_error{"broken"};
}

TEST(Together, OneThatThrowsCancelsTheOthersAndIsReported) {
    net::io_context io;
    bool was_cancelled = false;
    std::string what;
    net::co_spawn(io, together(for_ever(was_cancelled), fails(), for_ever(was_cancelled)), [&](std::exception_ptr failure) {
        try {
            if (failure) std::rethrow_exception(failure);
        } catch (const std::runtime_error& error) {
            what = error.what();
        }
    });
    io.run();
    EXPECT_EQ(what, "broken");
    EXPECT_TRUE(was_cancelled);
}

}  // namespace
}  // namespace vivi
