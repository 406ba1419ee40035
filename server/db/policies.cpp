// Edits of the policy inside the newest configuration.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/policies.hpp"

#include <algorithm>

#include "common/core/domain_name.hpp"
#include "server/db/edit_policy.hpp"
#include "server/db/revisions.hpp"

namespace vivi::db {
namespace {

RouterPolicy to_policy(const Decided& decided) {
    return {.router = decided.router,
            .organisation = decided.organisation,
            .desired_revision = decided.desired_revision,
            .revision = decided.revision,
            .policy = decided.configuration.policy,
            .is_strict = decided.configuration.dns.strict};
}

void keep_reachable(model::Policy& policy, const std::vector<std::string>& names) {
    for (const auto& name : names) {
        const auto normal = normalise_domain(name);
        if (normal && std::ranges::find(policy.never_blocked, *normal) == policy.never_blocked.end())
            policy.never_blocked.push_back(*normal);
    }
}

/// What an edit made is read again as a router will read it: it must be something that the router takes.
model::Problems problems_of(const model::Policy& policy) {
    model::Problems problems;
    model::parse_policy(model::to_json(policy), "", problems);
    return problems;
}

PolicyChange unchanged(PolicyChange::Outcome outcome, const Decided& decided, model::Problems problems = {}) {
    return {
        .outcome = outcome, .problems = std::move(problems), .before = decided.configuration.policy, .after = to_policy(decided)};
}

}  // namespace

Result<PolicyChange> edit_policy(Transaction& transaction, const PolicyEdit& request) {
    using Outcome = PolicyChange::Outcome;
    auto decided = lock_decided(transaction, request.router);
    if (!decided) return std::unexpected{std::move(decided).error()};
    if (request.base_revision && *request.base_revision != decided->desired_revision)
        return unchanged(Outcome::Conflict, *decided);

    auto policy = decided->configuration.policy;
    auto problems = request.edit(policy);
    keep_reachable(policy, request.never_blocked);
    if (problems.empty()) problems = problems_of(policy);
    if (!problems.empty()) return unchanged(Outcome::Refused, *decided, std::move(problems));
    if (policy == decided->configuration.policy) return unchanged(Outcome::Same, *decided);

    PolicyChange change{.outcome = Outcome::Changed, .before = decided->configuration.policy};
    decided->configuration.policy = std::move(policy);
    if (!request.is_trial) {
        auto detail = model::Json::parse(request.detail);
        detail["revision"] = decided->desired_revision + 1;
        const AuditRow row{.user = request.user,
                           .address = request.address,
                           .action = request.action,
                           .target = request.router,
                           .detail = detail.dump()};
        if (auto written = write_revision(transaction, *decided, row); !written) {
            decided->configuration.policy = change.before;
            return unchanged(Outcome::Refused, *decided, {": " + written.error().detail});
        }
        write_bans(transaction, *decided);
    }
    change.after = to_policy(*decided);
    return change;
}

Task<Result<RouterPolicy>> policy(Pool& pool, Tenant tenant, std::string router) {
    const std::function<Result<RouterPolicy>(Transaction&)> body = [router](Transaction& transaction) -> Result<RouterPolicy> {
        auto decided = read_decided(transaction, router);
        if (!decided) return std::unexpected{std::move(decided).error()};
        return to_policy(*decided);
    };
    auto found = co_await pool.transact<RouterPolicy>(std::move(tenant), body);
    co_return found;
}

Task<Result<PolicyChange>> change_policy(Pool& pool, Tenant tenant, PolicyEdit edit) {
    const std::function<Result<PolicyChange>(Transaction&)> body = [edit = std::move(edit)](Transaction& transaction) {
        return edit_policy(transaction, edit);
    };
    auto changed = co_await pool.transact<PolicyChange>(std::move(tenant), body);
    co_return changed;
}

std::function<model::Problems(model::Policy&)> replacement(model::Json document) {
    return [document = std::move(document)](model::Policy& policy) {
        model::Problems problems;
        policy = model::parse_policy(document, "", problems);
        return problems;
    };
}

}  // namespace vivi::db
