// Believing the clock.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/policy_clock.hpp"

#include <algorithm>

namespace vivi::bridged {
namespace {

/// No router runs this before it was written; a clock that says so is not set.
constexpr WallTime never_before{std::chrono::sys_days{std::chrono::year{2025} / 1 / 1}};

}  // namespace

std::optional<ClockTrust> parse_clock_trust(std::string_view text) noexcept {
    if (text == "plausible") return ClockTrust::Plausible;
    if (text == "synchronised") return ClockTrust::Synchronised;
    if (text == "always") return ClockTrust::Always;
    return std::nullopt;
}

PolicyClock::PolicyClock(ClockTrust trust, std::optional<WallTime> last_known) noexcept
    : trust_{trust}, last_known_{std::max(never_before, last_known.value_or(never_before))} {}

policy::Clock PolicyClock::look(WallTime now, bool is_synchronised) noexcept {
    was_synchronised_ = was_synchronised_ || is_synchronised;
    const bool goes_on = now >= last_known_;
    const bool is_trusted =
        is_synchronised || trust_ == ClockTrust::Always || (goes_on && (trust_ == ClockTrust::Plausible || was_synchronised_));
    // Synchronised time is believed backwards too: then what was known before was wrong.
    if (is_trusted) last_known_ = now;
    return {.now = last_known_, .is_trusted = is_trusted};
}

}  // namespace vivi::bridged
