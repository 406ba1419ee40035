// The windows of Denials, and the task that empties them.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/denials.hpp"

#include <utility>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::auth {
namespace {

constexpr Milliseconds between_writes{1'000};

}  // namespace

void Denials::note(const db::Denial& denial, Instant now) {
    ++noted_;
    const std::pair key{denial.user, denial.what};
    if (const auto known = entries_.find(key); known != entries_.end()) {
        ++known->second.repeated;
        return;
    }
    if (entries_.size() >= most_kinds) {
        if (overflow_.repeated++ == 0) overflow_.began = now;
        return;
    }
    entries_.emplace(key, Entry{.denial = denial, .began = now});
    fresh_.push_back(denial);
}

std::vector<db::Denial> Denials::take_due(Instant now) {
    auto due = std::exchange(fresh_, {});
    std::erase_if(entries_, [&](auto& item) {
        auto& entry = item.second;
        if (now - entry.began < window) return false;
        if (entry.repeated > 0) {
            due.push_back(std::move(entry.denial));
            due.back().times = entry.repeated;
        }
        return true;
    });
    if (overflow_.repeated > 0 && now - overflow_.began >= window)
        due.push_back({.what = "many", .times = std::exchange(overflow_.repeated, 0)});
    return due;
}

Task<> record(Denials& denials, db::Pool& pool) {
    for (;;) {
        co_await after(between_writes);
        auto due = denials.take_due(now());
        if (due.empty()) continue;
        const auto count = due.size();
        if (auto written = co_await db::record_denials(pool, std::move(due)); !written)
            log::warn("denials.unrecorded", {{"count", count}, {"reason", written.error().detail}});
    }
}

}  // namespace vivi::auth
