// The keeper's steps.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/outbox_keeper.hpp"

#include <algorithm>

#include "common/model/sync_event.hpp"
#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::bridged {
namespace {

constexpr std::size_t step_entries = 256;
constexpr std::size_t step_bytes = 1 << 20;
constexpr int merge_from = 70, merge_to = 60, drop_from = 90, drop_to = 85;
constexpr Milliseconds between_looks{1000};
constexpr Milliseconds between_looks_for_old{600'000}, between_whole_merges{600'000};

std::optional<Grain> coarser(Grain grain) {
    switch (grain) {
        case Grain::FiveMinutes: return Grain::Hour;
        case Grain::Hour: return Grain::Unnamed;
        case Grain::Unnamed: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

Task<> OutboxKeeper::run(std::function<void()> made_room) {
    for (;;) {
        co_await after(between_looks);
        if (!outbox_.is_open()) continue;
        const auto before = outbox_.bytes();
        if (is_above(merge_from)) co_await merge();
        if (is_above(drop_from)) co_await shed();
        if (now() >= look_for_old_at_ && time_.is_synchronised()) {
            co_await expire();
            look_for_old_at_ = now() + between_looks_for_old;
        }
        if (outbox_.bytes() < before) made_room();
    }
}

/// What lies behind the last look and no hub can have; moves on behind it.
Task<Result<std::vector<sync::Entry>>> OutboxKeeper::next_entries() {
    at_ = std::max(at_, outbox_.offered() + 1);
    auto entries = co_await outbox_.read(at_, std::clamp<std::size_t>(step_bytes / entry_bytes_, 1, step_entries));
    if (!entries || entries->empty()) co_return entries;
    std::size_t bytes = 0;
    for (const auto& entry : *entries) bytes += entry.body.size();
    entry_bytes_ = std::max<std::size_t>(bytes / entries->size(), 1);
    bytes = 0;
    const auto end = std::ranges::find_if(*entries, [&](const sync::Entry& entry) {
        bytes += entry.body.size();
        return bytes > step_bytes && &entry != entries->data();
    });
    entries->erase(end, entries->end());
    at_ = entries->back().sequence + 1;
    co_return entries;
}

Record OutboxKeeper::record_of(Body body) { return own_.for_outbox(body.topic, std::move(body.members), body.at); }

/// From the oldest to the newest at one grain, then at the next, until there is room. Where all that was not enough, the next
/// times look at what has come since only.
Task<> OutboxKeeper::merge() {
    const bool is_whole = now() >= merge_all_at_;
    const auto from = is_whole ? 0 : merged_from_;
    if (is_whole) merge_all_at_ = now() + between_whole_merges;
    at_ = from;
    grain_ = Grain::FiveMinutes;
    while (is_above(merge_to)) {
        auto entries = co_await next_entries();
        if (!entries) co_return;
        if (entries->empty()) {
            const auto next = coarser(grain_);
            if (!next) {
                merged_from_ = at_;
                co_return;
            }
            grain_ = *next;
            at_ = from;
            continue;
        }
        auto call = [entries = *std::move(entries), grain = grain_] { return thin(entries, grain); };
        auto thinned = co_await blocking(worker_, std::move(call));
        if (thinned.gone.empty()) continue;
        std::vector<Record> instead;
        for (auto& body : thinned.instead) instead.push_back(record_of(std::move(body)));
        const auto replaced = co_await outbox_.replace(thinned.gone, instead);
        if (!replaced) {
            log::info("outbox.merge.waiting", {{"reason", replaced.error().detail}});
            co_return;
        }
        merged_ += thinned.gone.size();
    }
}

Task<Status> OutboxKeeper::put(Dropped dropped) {
    if (dropped.gone.empty()) co_return Status{};
    dropped.account.at = wall_now();
    std::vector<Record> account;
    account.push_back(record_of(std::move(dropped.account)));
    const auto replaced = co_await outbox_.replace(dropped.gone, account);
    if (!replaced) co_return replaced;
    std::uint64_t count = 0;
    for (const auto& entry : dropped.gone) {
        if (entry.topic == model::topic::sync_dropped) continue;
        ++dropped_[entry.topic];
        ++count;
    }
    log::error("outbox.dropped", {{"entries", count}, {"first_topic", dropped.gone.front().topic}, {"bytes", outbox_.bytes()}});
    co_return Status{};
}

Task<> OutboxKeeper::shed() {
    for (const auto kind : {Expendable::Traffic, Expendable::Hits, Expendable::All}) {
        at_ = 0;
        while (is_above(drop_to)) {
            const auto entries = co_await next_entries();
            if (!entries) co_return;
            if (entries->empty()) break;
            const auto too_many = outbox_.bytes() - outbox_.most_bytes() * drop_to / 100;
            auto call = [entries = *entries, kind, too_many] { return drop(entries, kind, too_many); };
            auto dropped = co_await blocking(worker_, std::move(call));
            if (!co_await put(std::move(dropped))) co_return;
        }
        co_await outbox_.measure();  // The sum of sizes is an estimate: ask before something better goes.
    }
}

Task<> OutboxKeeper::expire() {
    at_ = 0;
    const auto before = time_.now() - bounds_.most_age;
    for (;;) {
        const auto entries = co_await next_entries();
        if (!entries || entries->empty()) co_return;
        auto call = [entries = *entries, before] { return drop_older(entries, before); };
        auto dropped = co_await blocking(worker_, std::move(call));
        const bool was_any = !dropped.gone.empty();
        if (!co_await put(std::move(dropped)) || !was_any) co_return;  // They come by their age, nearly.
    }
}

}  // namespace vivi::bridged
