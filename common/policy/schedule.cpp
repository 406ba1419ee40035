// Windows by the clock on the wall, phases and ends by the moment; what changes next is found among the moments that can matter.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/schedule.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/policy/views.hpp"

namespace vivi::policy {
namespace {

using std::chrono::days;
using std::chrono::floor;

constexpr auto most_wait = days{16};  ///< Windows repeat after a week; one may fall into an hour that spring leaves out.

/// What a rule's holding depends on.
using Condition = std::pair<std::string, std::optional<WallTime>>;

bool begins_on(const model::Window& window, std::chrono::sys_days day) {
    return window.days.empty() || std::ranges::find(window.days, std::chrono::weekday{day}) != window.days.end();
}

/// `local`: what the clock on the wall shows, written as if it were UTC.
bool holds(const model::Window& window, WallTime local) {
    const auto day = floor<days>(local);
    const auto time = local - day;
    const bool crosses_midnight = window.to <= window.from;
    if (begins_on(window, day) && time >= window.from && (crosses_midnight || time < window.to)) return true;
    return crosses_midnight && begins_on(window, day - days{1}) && time < window.to;
}

bool holds(const model::Schedule& schedule, const std::vector<model::Phase>& phases, WallTime local, WallTime now) {
    const auto is_running = [&](const std::string& name) {
        return std::ranges::any_of(
            phases, [&](const model::Phase& phase) { return phase.name == name && phase.from <= now && now < phase.to; });
    };
    if (!schedule.windows.empty() && std::ranges::none_of(schedule.windows, [&](const auto& w) { return holds(w, local); }))
        return false;
    return schedule.phases.empty() || std::ranges::any_of(schedule.phases, is_running);
}

bool holds(const std::string& schedule, const std::optional<WallTime>& until, const std::set<std::string>& active, WallTime now) {
    return (schedule.empty() || active.contains(schedule)) && (!until || now < *until);
}

std::set<Condition> conditions_of(const model::Policy& policy) {
    std::set<Condition> conditions;
    const auto add = [&](const std::string& schedule, const std::optional<WallTime>& until) {
        if (!schedule.empty() || until) conditions.emplace(schedule, until);
    };
    const auto add_all = [&](const auto& rules) {
        for (const auto& rule : rules) add(rule.scope.schedule, rule.scope.until);
    };
    for (const auto& rule : policy.devices) add(rule.schedule, rule.until);
    add_all(policy.domains);
    add_all(policy.addresses);
    add_all(policy.categories);
    add_all(policy.services);
    add_all(policy.lists);
    return conditions;
}

std::vector<bool> state_at(const model::Policy& policy, const std::set<Condition>& conditions, const TimeZone& zone,
                           WallTime now) {
    const auto active = active_schedules(policy, zone, now);
    std::vector<bool> state;
    for (const auto& [schedule, until] : conditions) state.push_back(holds(schedule, until, active, now));
    return state;
}

/// Moments in (after, after + most_wait] at which a window may begin or end.
std::set<WallTime> window_edges(const model::Policy& policy, const TimeZone& zone, WallTime after) {
    std::set<WallTime> edges;
    std::set<Seconds> offsets{zone.offset(after)};
    for (auto at = zone.next_transition(after); at && *at <= after + most_wait; at = zone.next_transition(*at)) {
        edges.insert(*at);
        offsets.insert(zone.offset(*at));
    }
    const auto first_day = floor<days>(after + zone.offset(after)) - days{1};
    for (const auto& schedule : policy.schedules) {
        for (const auto& window : schedule.windows) {
            for (auto day = first_day; day <= first_day + most_wait + days{2}; day += days{1}) {
                for (const auto offset : offsets) edges.insert({day + window.from - offset, day + window.to - offset});
            }
        }
    }
    edges.erase(edges.begin(), edges.upper_bound(after));
    return edges;
}

template <class Rule>
bool holds_now(const Rule& rule, const std::set<std::string>& active, WallTime now) {
    if constexpr (requires { rule.scope; })
        return holds(rule.scope.schedule, rule.scope.until, active, now);
    else
        return holds(rule.schedule, rule.until, active, now);
}

/// The rules that hold, without their conditions; `origin` says where they were unless all are still there.
template <class Rule>
void keep_holding(std::vector<Rule>& rules, std::vector<std::uint32_t>& origin, const std::set<std::string>& active,
                  WallTime now) {
    std::vector<Rule> kept;
    std::vector<std::uint32_t> positions;
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
        if (!holds_now(rules[i], active, now)) continue;
        auto rule = std::move(rules[i]);
        if constexpr (requires { rule.scope; }) {
            rule.scope.schedule.clear();
            rule.scope.until.reset();
        } else {
            rule.schedule.clear();
            rule.until.reset();
        }
        kept.push_back(std::move(rule));
        positions.push_back(origin.empty() ? i : origin.at(i));
    }
    if (kept.size() != rules.size()) origin = std::move(positions);
    rules = std::move(kept);
}

/// Devices with rules in `policy`, as far as they have none in `now`.
std::vector<Mac> lost_own_views(const model::Policy& policy, const model::Policy& now) {
    const auto before = views(policy), after = views(now);
    std::vector<Mac> lost;
    for (const auto& [device, view] : before) {
        const auto found = after.find(device);
        if (is_view_of_device(view) && (found == after.end() || !is_view_of_device(found->second))) lost.push_back(device);
    }
    return lost;
}

}  // namespace

std::set<std::string> active_schedules(const model::Policy& policy, const TimeZone& zone, WallTime now) {
    const auto local = now + zone.offset(now);
    std::set<std::string> active;
    for (const auto& schedule : policy.schedules) {
        if (holds(schedule, policy.phases, local, now)) active.insert(schedule.name);
    }
    return active;
}

std::optional<WallTime> next_change(const model::Policy& policy, const TimeZone& zone, WallTime now) {
    const auto conditions = conditions_of(policy);
    if (conditions.empty()) return std::nullopt;
    const auto state = state_at(policy, conditions, zone, now);
    std::set<WallTime> turns{now};  // Between two of them only windows change, and those within most_wait or never.
    for (const auto& phase : policy.phases) turns.insert({phase.from, phase.to});
    for (const auto& [schedule, until] : conditions) {
        if (until) turns.insert(*until);
    }
    turns.erase(turns.begin(), turns.lower_bound(now));
    for (auto turn = turns.begin(); turn != turns.end(); ++turn) {
        if (*turn != now && state_at(policy, conditions, zone, *turn) != state) return *turn;
        const auto next = std::next(turn);
        for (const auto edge : window_edges(policy, zone, *turn)) {
            if (next != turns.end() && edge >= *next) break;
            if (state_at(policy, conditions, zone, edge) != state) return edge;
        }
    }
    return std::nullopt;
}

model::Policy effective(const model::Policy& policy, const TimeZone& zone, WallTime now) {
    const auto active = active_schedules(policy, zone, now);
    auto result = policy;
    keep_holding(result.devices, result.origin.devices, active, now);
    keep_holding(result.domains, result.origin.domains, active, now);
    keep_holding(result.addresses, result.origin.addresses, active, now);
    keep_holding(result.categories, result.origin.categories, active, now);
    keep_holding(result.services, result.origin.services, active, now);
    keep_holding(result.lists, result.origin.lists, active, now);
    const auto lost = lost_own_views(policy, result);
    result.origin.own_views.insert(result.origin.own_views.end(), lost.begin(), lost.end());
    return result;
}

}  // namespace vivi::policy
