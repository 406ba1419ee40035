// The rules of a router's state.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/router_health.hpp"

#include <algorithm>

#include "server/api/date_time.hpp"

namespace vivi::api {

RouterHealth health(const db::Router& router, const db::RouterFacts& facts, WallTime now) {
    RouterHealth health;
    const auto add = [&](HealthState state, HealthReason code, model::Json parameters) {
        health.state = std::max(health.state, state);
        health.reasons.push_back({.code = code, .parameters = std::move(parameters)});
    };
    const auto waited = facts.decided_at ? std::chrono::duration_cast<Seconds>(now - *facts.decided_at) : Seconds{0};
    const bool is_behind = router.applied_revision < router.desired_revision;
    if (!router.has_been_seen)
        add(HealthState::Attention, HealthReason::NeverSeen, model::Json::object());
    else if (!router.is_online)
        add(HealthState::Bad, HealthReason::Offline,
            router.last_seen_at ? model::Json{{"since", to_date_time(*router.last_seen_at)}} : model::Json::object());
    if (is_behind && !router.apply_error.empty())
        add(HealthState::Bad, HealthReason::ConfigurationRefused,
            {{"revision", router.desired_revision}, {"reason", router.apply_error}});
    else if (is_behind && waited >= usual_apply_time)
        add(HealthState::Attention, HealthReason::RevisionPending,
            {{"desired", router.desired_revision}, {"applied", router.applied_revision}, {"seconds", waited.count()}});
    if (facts.reverted_revision > 0)
        add(HealthState::Bad, HealthReason::ConfigurationRefused,
            {{"revision", facts.reverted_revision},
             {"reason", "networks, uplink and DNS were taken back: " + facts.reverted_reason}});
    if (facts.gaps > 0) add(HealthState::Attention, HealthReason::Gaps, {{"count", facts.gaps}});
    if (facts.open_alarms > 0)
        add(HealthState::Attention, HealthReason::AlarmsOpen,
            {{"count", facts.open_alarms}, {"unacknowledged", facts.unacknowledged_alarms}});
    return health;
}

}  // namespace vivi::api
