// Events that a daemon has said but the broker has not confirmed: numbered when first sent, sent again unchanged, bounded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/core/time.hpp"
#include "common/model/event.hpp"

namespace vivi::state {

struct OutgoingLimits {
    std::size_t events = 1'024;    ///< That wait while the broker is away; the oldest goes first.
    std::size_t bytes = 16 << 20;  ///< Of what waits, likewise.
    std::size_t at_once = 16;      ///< Under one confirm.
};

/// Each event gets its number when it is first sent, and keeps number and bytes until confirmed(): the receiver can drop what it
/// already has. What was dropped never had a number, so numbers have no holes; it is counted.
class OutgoingEvents {
public:
    explicit OutgoingEvents(std::string instance, OutgoingLimits limits = {}) : instance_{std::move(instance)}, limits_{limits} {}

    /// `members`: an object with what the event has beside the envelope.
    void add(std::string_view topic, model::Json members, WallTime at);

    bool is_empty() const noexcept { return under_way_.empty() && events_.empty(); }
    /// What to publish now; the same until confirmed(). Empty when there is nothing.
    const std::vector<bus::Message>& next();
    /// The broker holds all of what next() gave.
    void confirmed() { under_way_.clear(); }

    std::size_t waiting() const noexcept { return events_.size() + under_way_.size(); }
    std::uint64_t dropped() const noexcept { return dropped_; }

private:
    struct Event {
        std::string topic;
        std::string members;  ///< As text: smaller, and its size is known.
        WallTime at{};
    };

    std::string instance_;
    OutgoingLimits limits_;
    std::uint64_t last_number_ = 0;
    std::deque<Event> events_{};
    std::size_t bytes_ = 0;
    std::vector<bus::Message> under_way_{};
    std::uint64_t dropped_ = 0;
};

}  // namespace vivi::state
