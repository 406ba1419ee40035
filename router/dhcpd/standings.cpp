// Reading the compiled policy for its bans.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/standings.hpp"

#include <set>
#include <utility>

#include "common/runtime/log.hpp"

namespace vivi::dhcpd {

model::Policy bans_of(const model::Policy& document, const policy::Engine& engine) {
    auto policy = document;
    policy.devices.clear();
    std::set<Mac> asked;
    for (const auto& rule : document.devices) {
        if (!asked.insert(rule.device).second) continue;
        if (engine.subject(rule.device).standing == policy::Standing::Banned) policy.devices.push_back({.device = rule.device});
    }
    return policy;
}

bool Standings::look() {
    const auto identity = rules_file_.empty() ? std::unexpected{Error{}} : state::identify(rules_file_);
    if (!identity || seen_ == *identity) return false;
    seen_ = *identity;
    auto mapped = state::MappedFile::open(rules_file_);
    // Without the catalogue: names are none of dhcpd's business.
    auto engine = mapped ? policy::Engine::open((*mapped)->bytes(), {}) : std::unexpected{mapped.error()};
    if (!engine) {
        log::error("policy.unreadable", {{"file", rules_file_}, {"reason", engine.error().detail}});
        return false;
    }
    mapped_ = *std::move(mapped);
    engine_ = *std::move(engine);
    return true;
}

model::Policy Standings::of(const model::Configuration& configuration) const {
    const bool is_known = mapped_ && engine_.revision() >= configuration.revision;
    return is_known ? bans_of(configuration.policy, engine_) : configuration.policy;
}

}  // namespace vivi::dhcpd
