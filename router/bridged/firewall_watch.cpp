// The loops that verify and count.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/firewall_watch.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/model/policy_event.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"

namespace vivi::bridged {
namespace {

constexpr Milliseconds count_every{10'000}, count_every_watched{1'000};

std::string joined(const std::vector<std::string>& parts) {
    std::string all;
    for (const auto& part : parts) all.append(all.empty() ? "" : "; ").append(part);
    return all;
}

}  // namespace

Milliseconds DriftPace::after(bool found_drift) noexcept {
    if (!found_drift) return next_ = usual;
    return std::exchange(next_, std::min(next_ * 2, longest));
}

FirewallWatch::FirewallWatch(Enforcer& enforcer, Alarms& alarms, OwnEvents& own, std::function<bool()> is_watched)
    : enforcer_{enforcer}, alarms_{alarms}, own_{own}, is_watched_{std::move(is_watched)} {}

Task<> FirewallWatch::verify() {
    DriftPace pace;
    auto wait = DriftPace::usual;
    for (;;) {
        co_await after(wait);
        const auto verified = co_await enforcer_.verify();
        const bool drifted = !verified.drift.empty();
        wait = pace.after(drifted);
        if (!drifted) alarms_.unchanged();
        if (!drifted) continue;
        const auto what = joined(verified.drift.what);
        if (verified.repaired) {
            ++repairs_;
            log::warn("firewall.repaired", {{"what", what}, {"next_look_in_ms", wait.count()}});
            alarms_.repaired(what);
        } else {
            log::error("firewall.not_repaired", {{"what", what}, {"reason", verified.repaired.error().detail}});
            alarms_.refused(Alarms::Of::Moment, verified.repaired.error().detail);
        }
    }
}

Task<> FirewallWatch::count() {
    auto last = now();
    for (;;) {
        co_await after(count_every_watched);
        const auto span = std::chrono::duration_cast<Milliseconds>(now() - last);
        if (!is_watched_() && span < count_every) continue;
        const auto hits = co_await enforcer_.counters();
        if (!hits) {
            log::debug("firewall.counters", {{"reason", hits.error().detail}});
            continue;
        }
        last = now();
        if (!enforcer_.is_loaded()) continue;
        auto rows = counts_.news(*hits, enforcer_.plan());
        if (rows.empty()) continue;
        const model::PolicyHits news{.tick = span, .revision = enforcer_.revision(), .by = "firewall", .rows = std::move(rows)};
        own_.add(model::topic::policy_hit, model::to_json(news));
    }
}

}  // namespace vivi::bridged
