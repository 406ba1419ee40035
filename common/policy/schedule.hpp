// When rules hold: windows of local time, phases of the event, and ends. Pure: the caller has the time and the zone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>

#include "common/core/time.hpp"
#include "common/model/policy.hpp"
#include "common/policy/time_zone.hpp"

namespace vivi::policy {

/// Whether the time can be believed. Without a trusted clock windows, phases and ends are not evaluated: what depends on one of
/// them stays as the caller last knew it.
struct Clock {
    WallTime now{};
    bool is_trusted = true;
};

/// Names of the schedules that hold at `now`.
std::set<std::string> active_schedules(const model::Policy& policy, const TimeZone& zone, WallTime now);

/// The earliest moment after `now` at which active_schedules() or the end of a rule makes something else true; nothing when no
/// rule depends on time.
std::optional<WallTime> next_change(const model::Policy& policy, const TimeZone& zone, WallTime now);

/// The policy of this moment: only rules that hold, with no schedule or end left in them. What the firewall and dhcpd apply.
/// `names` of schedules, groups and phases stay.
model::Policy effective(const model::Policy& policy, const TimeZone& zone, WallTime now);

}  // namespace vivi::policy
