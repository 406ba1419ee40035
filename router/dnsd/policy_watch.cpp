// inotify, and a look every second.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/policy_watch.hpp"

#include <sys/inotify.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/daemon.hpp"
#include "common/runtime/log.hpp"

namespace vivi::dnsd {
namespace {

constexpr Milliseconds between_looks{1'000};

int open_notifications() {
    const int number = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (number < 0) throw Fatal{Error{Code::Internal, std::string{"inotify: "} + std::strerror(errno)}};
    return number;
}

}  // namespace

PolicyWatch::PolicyWatch(const net::any_io_executor& executor, state::PolicyFolder folder, Handlers handlers)
    : folder_{std::move(folder)},
      handlers_{std::move(handlers)},
      notifications_{executor, open_notifications()},
      woken_{executor} {}

void PolicyWatch::watch_folder() {
    // A folder that is watched already stays so; one made anew is another. IN_MASK_ADD: without it the kernel sets the mask of a
    // watch anew, and an event in that moment is lost (seen: once in 2,800 changes).
    ::inotify_add_watch(notifications_.native_handle(), folder_.path.c_str(),
                        IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR | IN_MASK_ADD);
}

void PolicyWatch::look_now() {
    watch_folder();
    take(state::MappedPolicy::open(folder_, current_));
    if (!current_) log::warn("policy.missing", {{"folder", folder_.path}, {"reason", problem_}});
}

void PolicyWatch::wake() {
    is_wanted_ = true;
    woken_.notify();
}

Task<> PolicyWatch::run() { co_await together(hear(), look()); }

Task<> PolicyWatch::hear() {
    for (;;) {
        std::array<std::byte, 4'096> events{};
        const auto [error, size] = co_await notifications_.async_read_some(net::buffer(events), as_value);
        if (!error)
            wake();
        else
            co_await after(between_looks);
    }
}

Task<> PolicyWatch::look() {
    for (;;) {
        if (!std::exchange(is_wanted_, false)) watch_folder();
        if (!current_ || !current_->is_current(folder_)) {
            // In a thread of its own: checking a catalogue of a million names takes longer than a batch may wait.
            auto opened = co_await blocking(
                worker_, [folder = folder_, before = current_] { return state::MappedPolicy::open(folder, before); });
            take(std::move(opened));
        }
        const auto next = now() + between_looks;
        if (!is_wanted_) co_await woken_.wait_until(next);
    }
}

void PolicyWatch::take(Result<MappedPolicy> opened) {
    if (!opened) {
        const auto& why = opened.error().detail;
        if (std::exchange(problem_, why) == why) return;
        is_damaged_ = opened.error().code != Code::NotFound;
        if (is_damaged_) log::error("policy.unreadable", {{"reason", why}});
        handlers_.refused();
        return;
    }
    problem_.clear();
    is_damaged_ = false;
    ++swaps_;
    current_ = *std::move(opened);
    log::info("policy.swapped", {{"revision", current_->engine().revision()}, {"names", current_->catalogue().names()}});
    handlers_.swapped(current_);
}

}  // namespace vivi::dnsd
