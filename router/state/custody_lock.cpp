// flock(2) on a file that is never removed.
// SPDX-License-Identifier: Apache-2.0
#include "router/state/custody_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <utility>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::state {
namespace {

constexpr Milliseconds look_again{100}, look_for_wish{1'000};

bool is_wished(const std::string& wish_file) { return !wish_file.empty() && ::access(wish_file.c_str(), F_OK) == 0; }

}  // namespace

CustodyLock::CustodyLock(CustodyLock&& other) noexcept
    : number_{std::exchange(other.number_, -1)}, is_held_{std::exchange(other.is_held_, false)} {}

CustodyLock::~CustodyLock() {
    if (number_ >= 0) ::close(number_);
}

Task<CustodyLock> CustodyLock::take(std::string wish_file, Kind kind, Milliseconds most) {
    if (wish_file.empty()) co_return CustodyLock{-1, false};
    const bool works = kind == Kind::Working;
    if (works && is_wished(wish_file)) log::info("custody.waiting", {{"file", wish_file}});
    while (works && is_wished(wish_file)) co_await after(look_again);
    const auto path = wish_file + ".lock";
    CustodyLock lock{::open(path.c_str(), (works ? O_RDONLY : O_RDWR) | O_CREAT | O_CLOEXEC, 0644), false};
    const auto until = now() + most;
    while (lock.number_ >= 0) {
        lock.is_held_ = ::flock(lock.number_, (works ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0;
        if (lock.is_held_ || (!works && now() >= until)) break;
        co_await after(look_again);
    }
    co_return lock;
}

Task<> until_returned(std::string wish_file) {
    while (!is_wished(wish_file)) co_await after(look_for_wish);
    log::info("custody.ending", {{"file", wish_file}});
}

Task<> work_until_asked_to_stop(Task<> work, std::string wish_file) {
    std::exception_ptr failure;
    co_await caught(together(std::move(work), until_returned(std::move(wish_file))), failure);
    const auto cancellation = co_await net::this_coro::cancellation_state;
    if (failure && cancellation.cancelled() == net::cancellation_type::none) std::rethrow_exception(failure);
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
}

}  // namespace vivi::state
