// Differences of counters.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/hit_counts.hpp"

#include <algorithm>

namespace vivi::bridged {
namespace {

/// A hit has a name or an address (model/policy_event.hpp); a rule about anything else is about any address.
std::string address_of(const firewall::Hits& hits, const firewall::Plan& plan) {
    for (const auto& rule : plan.rules) {
        if (hits.pointer == "/addresses/" + std::to_string(rule.position)) return to_string(rule.prefix);
    }
    return "*";
}

}  // namespace

std::vector<model::PolicyHit> HitCounts::news(const std::vector<firewall::Hits>& counters, const firewall::Plan& plan) {
    std::vector<model::PolicyHit> rows;
    std::map<std::string, std::uint64_t> seen;
    for (const auto& counter : counters) {
        const auto found = last_.find(counter.counter);
        const auto before = found == last_.end() || found->second > counter.packets ? 0 : found->second;
        seen.emplace(counter.counter, counter.packets);
        if (is_first_ || counter.packets == before) continue;
        rows.push_back({.address = address_of(counter, plan),
                        .layer = counter.layer,
                        .rule = counter.description,
                        .hits = counter.packets - before});
    }
    last_ = std::move(seen);
    is_first_ = false;
    return rows;
}

}  // namespace vivi::bridged
