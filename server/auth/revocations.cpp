// Looking at access_changes.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/revocations.hpp"

#include <algorithm>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::auth {
namespace {

/// Rows are kept for an hour (migration 0004).
constexpr Seconds longest_absence{30 * 60};

}  // namespace

Revocations::Listener::Listener(std::shared_ptr<All> all, std::function<void(const Subjects&)> heard)
    : all_{std::move(all)}, heard_{std::move(heard)} {
    all_->push_back(this);
}

Revocations::Listener::~Listener() {
    const auto place = std::ranges::find(*all_, this);
    *place = all_->back();  // Their order means nothing.
    all_->pop_back();
}

std::unique_ptr<Revocations::Listener> Revocations::listen(std::function<void(const Subjects&)> heard) {
    return std::unique_ptr<Listener>{new Listener{listeners_, std::move(heard)}};
}

void Revocations::tell(const Subjects& subjects) {
    for (const auto* listener : *listeners_) listener->heard_(subjects);
}

Task<Status> Revocations::look() {
    auto found = co_await db::access_changes(pool_, position_);
    if (!found) co_return std::unexpected{std::move(found).error()};
    Subjects subjects;
    std::set<std::int64_t> ids;
    for (auto& change : found->changes) {
        if (!seen_.contains(change.id)) subjects.insert(std::move(change.subject));
        ids.insert(change.id);
    }
    position_ = std::move(found->position);
    seen_ = std::move(ids);
    if (!subjects.empty()) tell(subjects);
    co_return Status{};
}

Task<> Revocations::run() {
    auto last = now();
    for (bool is_away = false;;) {
        const auto looked = co_await look();
        if (!looked && !std::exchange(is_away, true)) log::warn("revocations.blind", {{"reason", looked.error().detail}});
        if (looked) {
            if (is_away && now() - last > longest_absence) tell({});
            is_away = false;
            last = now();
        }
        co_await after(between_looks);
    }
}

}  // namespace vivi::auth
