// When a tick ends, and whether somebody looks: two small clocks that are told the time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <optional>

#include "common/core/time.hpp"

namespace vivi::pcapd {

/// Ticks of a period that may change in the middle of one.
class TickSchedule {
public:
    TickSchedule(Milliseconds period, Instant now) noexcept : period_{period}, began_{now}, due_{now + period} {}

    /// A shorter period ends the current tick at once: who begins to look sees what was counted so far. A longer one stretches
    /// it.
    void set_period(Milliseconds period, Instant now) noexcept {
        if (period < period_) due_ = now;
        if (period > period_) due_ = std::max(now, began_ + period);
        period_ = period;
    }
    void end_now(Instant now) noexcept { due_ = now; }
    bool is_due(Instant now) const noexcept { return now >= due_; }
    Instant due() const noexcept { return due_; }

    /// Begins the next tick and says how long the last one was. Late ticks are not made up for.
    Milliseconds restart(Instant now) noexcept {
        const auto lasted = std::chrono::round<Milliseconds>(now - began_);
        began_ = now;
        due_ = now + period_;
        return lasted;
    }

private:
    Milliseconds period_;
    Instant began_;
    Instant due_;
};

/// Somebody looks for as long as was last said.
class Watch {
public:
    /// Zero seconds: nobody.
    void set(Seconds seconds, Instant now) noexcept {
        until_ = seconds > Seconds{0} ? std::optional{now + std::min(seconds, Seconds{3600})} : std::nullopt;
    }
    bool is_on(Instant now) const noexcept { return until_ && now < *until_; }
    std::optional<Instant> until() const noexcept { return until_; }

private:
    std::optional<Instant> until_{};
};

}  // namespace vivi::pcapd
