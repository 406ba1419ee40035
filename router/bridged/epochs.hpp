// Which sequences were written under which epoch. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/sync/messages.hpp"

namespace vivi::bridged {

/// The epochs of an outbox, oldest first. In `vivi:outbox:state` the field `epochs`: `<epoch>:<first sequence>` with spaces
/// between.
class Epochs {
public:
    static Epochs parse(std::string_view text);
    std::string text() const;

    /// From `first` on entries are written under `epoch`.
    void begin(const sync::Epoch& epoch, std::uint64_t first);
    /// What of each epoch lies in first..last, which is what the outbox holds; nothing when last < first.
    std::vector<sync::StoredRange> ranges(std::uint64_t first, std::uint64_t last) const;
    /// What of each epoch lies below `first`: a hub has it. An epoch's `first` is where it began.
    std::vector<sync::StoredRange> before(std::uint64_t first) const;
    /// Under which `sequence` was written; nothing before the first epoch.
    std::optional<sync::Epoch> of(std::uint64_t sequence) const;
    /// Forgets the epochs that ended before `first`, but for the newest of them: a server that is set back is told of those too.
    void drop_before(std::uint64_t first);

    static constexpr std::size_t most_ended = 16;

private:
    struct Start {
        sync::Epoch epoch{};
        std::uint64_t first = 0;
    };
    std::vector<Start> starts_;
};

}  // namespace vivi::bridged
