// epoll and timerfd.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/poller.hpp"

#include <fcntl.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "common/runtime/daemon.hpp"

namespace vivi::dnsd {
namespace {

int made(int descriptor, const char* what) {
    if (descriptor < 0) throw Fatal{Error{Code::Internal, std::string{what} + ": " + std::strerror(errno)}};
    return descriptor;
}

}  // namespace

Poller::Poller(const net::any_io_executor& executor)
    : epoll_{made(::epoll_create1(EPOLL_CLOEXEC), "epoll")},
      timer_{made(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "timerfd")},
      waited_{executor, made(::fcntl(epoll_.number(), F_DUPFD_CLOEXEC, 0), "epoll")} {
    watch(timer_.number(), timer_tag);
}

void Poller::watch(int descriptor, std::uint64_t tag) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = tag}};
    made(::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event), "epoll");
}

Task<> Poller::ready() { co_await waited_.async_wait(net::posix::descriptor_base::wait_read, net::use_awaitable); }

std::span<const std::uint64_t> Poller::take() noexcept {
    const int count = std::max(0, ::epoll_wait(epoll_.number(), events_.data(), most, 0));
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        tags_[i] = events_[i].data.u64;
        if (tags_[i] == timer_tag) stop_timer();
    }
    return std::span{tags_}.first(static_cast<std::size_t>(count));
}

void Poller::wake_at(Instant deadline) noexcept {
    // The steady clock is CLOCK_MONOTONIC. Zero would disarm: a deadline that is over fires at once.
    const auto at = std::max<std::int64_t>(1, std::chrono::nanoseconds{deadline.time_since_epoch()}.count());
    const itimerspec when{.it_interval = {}, .it_value = {.tv_sec = at / 1'000'000'000, .tv_nsec = at % 1'000'000'000}};
    ::timerfd_settime(timer_.number(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void Poller::stop_timer() noexcept {
    const itimerspec never{};
    ::timerfd_settime(timer_.number(), 0, &never, nullptr);  // Also takes back an expiry nobody has read.
}

}  // namespace vivi::dnsd
