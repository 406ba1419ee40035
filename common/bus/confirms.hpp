// Which messages of a batch the broker has answered for, and whether it refused one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

namespace vivi::bus {

/// Publisher confirms of one channel (rabbitmq.com/confirms): tags rise from 1; an answer is for one tag or for all up to it, in
/// any order. Pure.
class Confirms {
public:
    /// A message goes out; its tag is the next one.
    void sent() { open_.insert(open_.end(), ++last_); }
    void acknowledged(std::uint64_t tag, bool multiple) { close(tag, multiple); }
    void refused(std::uint64_t tag, bool multiple) { any_refused_ = close(tag, multiple) || any_refused_; }

    bool all_answered() const noexcept { return open_.empty(); }
    /// Was any message refused since the last time this was asked?
    bool take_refused() noexcept { return std::exchange(any_refused_, false); }

private:
    bool close(std::uint64_t tag, bool multiple) {
        if (!multiple) return open_.erase(tag) > 0;
        const auto end = open_.upper_bound(tag);
        const bool any = end != open_.begin();
        open_.erase(open_.begin(), end);
        return any;
    }

    std::set<std::uint64_t> open_;
    std::uint64_t last_ = 0;
    bool any_refused_ = false;
};

/// Delivery tags begin again at 1 with each connection; the tags given out never repeat. Pure.
class Tags {
public:
    /// A new connection: what was given out before can no longer be acknowledged, the broker delivers it again.
    void reconnected() noexcept { base_ = highest_; }
    std::uint64_t give(std::uint64_t broker_tag) noexcept { return highest_ = std::max(highest_, base_ + broker_tag); }
    /// The broker's tag, or 0 when it belongs to an older connection.
    std::uint64_t to_broker(std::uint64_t tag) const noexcept { return tag > base_ && tag <= highest_ ? tag - base_ : 0; }

private:
    std::uint64_t base_ = 0;
    std::uint64_t highest_ = 0;
};

}  // namespace vivi::bus
