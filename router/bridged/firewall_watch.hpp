// Looks after the packet filter while nobody decides: drift is undone and reported, counters go up as hits of rules.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "common/runtime/task.hpp"
#include "router/bridged/alarms.hpp"
#include "router/bridged/enforcer.hpp"
#include "router/bridged/hit_counts.hpp"
#include "router/bridged/own_events.hpp"

namespace vivi::bridged {

/// How long until the next look: every 2 s; somebody who changes the table again and again is met ever later, up to a minute, so
/// that two programs that fight do not load the machine. Pure.
class DriftPace {
public:
    static constexpr Milliseconds usual{2'000}, longest{60'000};
    Milliseconds after(bool found_drift) noexcept;

private:
    Milliseconds next_ = usual;
};

class FirewallWatch {
public:
    /// `is_watched`: somebody looks at this router, so counters are read every second instead of every ten.
    FirewallWatch(Enforcer& enforcer, Alarms& alarms, OwnEvents& own, std::function<bool()> is_watched);

    /// Both end by cancellation.
    Task<> verify();
    Task<> count();

    std::uint64_t repairs() const noexcept { return repairs_; }

private:
    Enforcer& enforcer_;
    Alarms& alarms_;
    OwnEvents& own_;
    std::function<bool()> is_watched_;
    HitCounts counts_;
    std::uint64_t repairs_ = 0;
};

}  // namespace vivi::bridged
