// Comparing what is mapped with what lies there.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/policy_watch.hpp"

#include <utility>

#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::pcapd {
namespace {

constexpr Milliseconds between_looks{1'000};

}  // namespace

PolicyWatch::PolicyWatch(const net::any_io_executor& executor, state::PolicyFolder folder,
                         std::function<void(const PolicyState&)> changed)
    : folder_{std::move(folder)}, changed_{std::move(changed)}, woken_{executor} {}

Task<> PolicyWatch::follow() {
    for (;;) {
        is_wanted_ = false;
        if (!state_.mapped || !state_.mapped->is_current(folder_)) {
            auto opened = co_await blocking(
                worker_, [folder = folder_, before = state_.mapped] { return state::MappedPolicy::open(folder, before); });
            take(std::move(opened));
        }
        const auto next = vivi::now() + between_looks;
        if (!is_wanted_) co_await woken_.wait_until(next);
    }
}

void PolicyWatch::wake() {
    is_wanted_ = true;
    woken_.notify();
}

void PolicyWatch::take(Result<std::shared_ptr<const state::MappedPolicy>> opened) {
    if (opened) {
        state_ = {.mapped = *std::move(opened)};
        log::info("policy.swapped", {{"revision", state_.revision()}, {"names", state_.mapped->catalogue().names()}});
        return changed_(state_);
    }
    const auto& [code, detail] = opened.error();
    if (code == Code::NotFound) {
        if (!std::exchange(is_missing_said_, true)) log::warn("policy.missing", {{"reason", detail}});
        return;
    }
    if (std::exchange(state_.problem, detail) == detail) return;
    log::error("policy.unreadable", {{"reason", detail}});
    changed_(state_);
}

}  // namespace vivi::pcapd
