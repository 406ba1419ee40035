// The policy of one moment: which rules hold now, and when that changes. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/model/policy.hpp"
#include "common/policy/schedule.hpp"
#include "common/policy/time_zone.hpp"

namespace vivi::bridged {

struct Moment {
    policy::Clock clock{};            ///< When it was looked at.
    model::Policy policy{};           ///< policy::effective().
    std::optional<WallTime> until{};  ///< From then on others hold; nothing: for good, or until the clock can be believed.

    /// Whether it has to be looked at again: its end has come, or the clock is another one (set back, believed again).
    bool is_over(const policy::Clock& now) const noexcept;
};

Moment moment_of(const model::Policy& policy, const policy::TimeZone& zone, const policy::Clock& clock);

}  // namespace vivi::bridged
