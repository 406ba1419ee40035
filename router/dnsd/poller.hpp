// Many descriptors behind one: what the query loop waits for with a single wait of the event loop.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/core/time.hpp"
#include "common/runtime/descriptor.hpp"
#include "common/runtime/task.hpp"

namespace vivi::dnsd {

/// Level-triggered epoll(7), itself waited for by Asio, and a timer among the descriptors.
class Poller {
public:
    /// Tag of the timer.
    static constexpr std::uint64_t timer_tag = 0;

    explicit Poller(const net::any_io_executor& executor);

    /// For who adds descriptors of its own.
    int descriptor() const noexcept { return epoll_.number(); }
    void watch(int descriptor, std::uint64_t tag);

    /// Completes when something is ready. Throws when cancelled.
    Task<> ready();
    /// Tags of what is ready now, without waiting.
    std::span<const std::uint64_t> take() noexcept;

    /// Makes `timer_tag` ready at `deadline`, once; replaces the deadline before.
    void wake_at(Instant deadline) noexcept;
    void stop_timer() noexcept;

private:
    static constexpr std::size_t most = 64;
    Descriptor epoll_, timer_;
    net::posix::stream_descriptor waited_;
    std::array<epoll_event, most> events_{};
    std::array<std::uint64_t, most> tags_{};
};

}  // namespace vivi::dnsd
