// The time that schedules go by: the system's while it can be believed, the last one known while not. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/time.hpp"
#include "common/policy/schedule.hpp"

namespace vivi::bridged {

/// When the system's time is believed.
enum class ClockTrust : std::uint8_t {
    Plausible,     ///< The kernel calls it synchronised, or it is not before the last time known.
    Synchronised,  ///< The kernel calls it synchronised, or did so since this start.
    Always,
};
/// "plausible", "synchronised", "always".
std::optional<ClockTrust> parse_clock_trust(std::string_view text) noexcept;

/// A Pi has no clock battery: it may wake in 1970, or hours behind. Then nothing that depends on time changes: schedules stay as
/// they were at the last time known, until NTP has set the clock.
class PolicyClock {
public:
    /// `last_known`: what a process before this one had saved.
    PolicyClock(ClockTrust trust, std::optional<WallTime> last_known) noexcept;

    /// The time to evaluate by; `now` is the system's.
    policy::Clock look(WallTime now, bool is_synchronised) noexcept;

    /// The newest time that was believed: what to save.
    WallTime last_known() const noexcept { return last_known_; }

private:
    ClockTrust trust_;
    WallTime last_known_;
    bool was_synchronised_ = false;
};

}  // namespace vivi::bridged
