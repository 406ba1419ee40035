// One rule in, what it contradicts out.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/policy_edits.hpp"

#include <algorithm>

#include "common/core/domain_name.hpp"

namespace vivi::api {
namespace {

using model::Decision;
using model::DomainRule;

/// Said about the same name and the same device, not about a group, not by a schedule.
bool is_about(const DomainRule& rule, const std::string& domain, const std::optional<Mac>& device) {
    return rule.domain == domain && rule.scope.device == device && rule.scope.group.empty() && rule.scope.schedule.empty();
}

}  // namespace

model::Problems decide_domain(model::Policy& policy, const DomainDecision& decision) {
    const auto domain = normalise_domain(decision.domain);
    if (!domain) return {"/domain: must be a domain name like example.org, without pattern, scheme or path"};
    std::erase_if(policy.domains, [&](const DomainRule& rule) {
        if (rule.scope.until && *rule.scope.until <= decision.now) return true;
        return is_about(rule, *domain, decision.device) && (!decision.until || rule.scope.until);
    });
    for (const auto& rule : policy.domains) {  // What is left of this name is for always, and so is for a while longer than this.
        if (!is_about(rule, *domain, decision.device)) continue;
        if (rule.decision == decision.decision && rule.subdomains) return {};
        if (rule.decision == Decision::Allow && decision.decision == Decision::Deny)
            return {"/domain: " + *domain + " is allowed for always; take that back first"};
    }
    policy.domains.push_back(
        {.domain = *domain, .decision = decision.decision, .scope = {.device = decision.device, .until = decision.until}});
    return {};
}

}  // namespace vivi::api
