// What a server lost of what it had acknowledged: its database was set back. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <vector>

#include "common/sync/messages.hpp"

namespace vivi::sync {

/// Sequences that are out of the router's outbox because a hub had acknowledged them, and are not durable (any more): nobody has
/// them. `durable` is what the welcome would say; an epoch that is absent has nothing.
inline std::vector<StoredRange> lost_ranges(const Hello& hello, const std::vector<Cursor>& durable) {
    std::vector<StoredRange> lost;
    for (const auto& acknowledged : hello.acknowledged) {
        const auto known = std::ranges::find(durable, acknowledged.epoch, &Cursor::epoch);
        const auto has = known == durable.end() ? 0 : known->sequence;
        const auto first = std::max(has + 1, acknowledged.first);
        if (first <= acknowledged.last) lost.push_back({.epoch = acknowledged.epoch, .first = first, .last = acknowledged.last});
    }
    return lost;
}

}  // namespace vivi::sync
