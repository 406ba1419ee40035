// Which events of each producer the outbox already has, and which are missing: exactly once, in any order. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/time.hpp"
#include "common/model/event.hpp"

namespace vivi::bridged {

/// Numbers of one producer that never came.
struct Gap {
    std::string instance{};
    std::uint64_t from = 0, to = 0;  ///< Both missing, and all between.
    std::string topic{};             ///< Of the event that showed it; empty when not known any more.
    bool operator==(const Gap&) const = default;
};

/// Per producer the highest number seen and the ranges below it that are still missing: a number is new when it is above the mark
/// or inside such a range. A range counts as a gap only after a while, because one producer may come by two ways (dhcpd: leases
/// by its stream, the rest by the bus) which do not wait for each other.
///
/// In `vivi:outbox:producers` a producer is the text `<highest>@<sequence>[ <from>-<to>[!]]…`: the mark, the sequence of its last
/// event in the outbox, the missing ranges, `!` when the gap has been reported.
class Ledger {
public:
    /// From the hash's fields. A text that cannot be read is taken as unknown: at worst an event comes twice, never none.
    static Ledger parse(const std::vector<std::pair<std::string, std::string>>& fields, Instant now);

    /// True when the event is new; it then counts as seen. `sequence` is the one it gets.
    bool note(const model::Producer& from, std::string_view topic, std::uint64_t sequence, Instant now);

    /// Ranges missing for longer than `patience` that were not reported yet; they count as reported now.
    std::vector<Gap> take_gaps(Instant now, Milliseconds patience);

    /// What changed since the last time: field and text, an empty text for a field to delete.
    std::vector<std::pair<std::string, std::string>> take_changes();

    std::size_t size() const noexcept { return marks_.size(); }

    static constexpr std::size_t most_producers = 1000;  ///< Beyond it the one that was silent longest is forgotten.
    static constexpr std::size_t most_ranges = 32;       ///< Of one producer; beyond it the oldest is given up.

private:
    struct Range {
        std::uint64_t from = 0, to = 0;
        Instant found{};
        std::string topic{};
        bool is_reported = false;
    };
    struct Mark {
        std::uint64_t highest = 0;
        std::uint64_t sequence = 0;
        std::vector<Range> missing{};
        bool is_changed = false;
    };

    static bool fill(Mark& mark, std::uint64_t number);
    static std::string text_of(const Mark& mark);
    void forget_the_oldest();

    std::map<std::string, Mark> marks_;
    std::vector<std::string> forgotten_;
};

}  // namespace vivi::bridged
