// Edits of the policy inside the newest configuration.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/policies.hpp"

#include <algorithm>

#include "common/core/domain_name.hpp"
#include "server/db/edit_policy.hpp"
#include "server/db/together.hpp"

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

/// Of the router that was asked for, or of the event.
RouterPolicy to_policy(const Together& together, const PolicyEdit& request) {
    if (const auto* decided = together.find(request.router)) return to_policy(*decided);
    return {.desired_revision = together.event.policy_revision, .policy = together.policy};
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

/// What the audit log says of a change that is about to be written.
AuditRow audit_row(const PolicyEdit& request, const Together& together) {
    auto detail = model::Json::parse(request.detail);
    if (const auto* decided = together.find(request.router)) detail["revision"] = decided->desired_revision + 1;
    if (!together.event.id.empty()) {
        detail["event"] = together.event.id;
        detail["policy_revision"] = together.event.policy_revision + 1;
        detail["routers"] = together.routers.size();
    }
    return {.user = request.user,
            .address = request.address,
            .action = request.action,
            .target = request.router.empty() ? request.event : request.router,
            .detail = detail.dump()};
}

std::int64_t revision_of(const Together& together, const PolicyEdit& request) {
    const auto* decided = together.find(request.router);
    return decided != nullptr ? decided->desired_revision : together.event.policy_revision;
}

}  // namespace

Result<PolicyChange> edit_policy(Transaction& transaction, const PolicyEdit& request) {
    using Outcome = PolicyChange::Outcome;
    auto together = request.router.empty() ? lock_event(transaction, request.event) : lock_together(transaction, request.router);
    if (!together) return std::unexpected{std::move(together).error()};
    PolicyChange change{.before = together->policy, .after = to_policy(*together, request)};
    const auto ended = [&](Outcome outcome, model::Problems problems = {}) {
        change.outcome = outcome;
        change.problems = std::move(problems);
        return std::move(change);
    };
    if (request.base_revision && *request.base_revision != revision_of(*together, request)) return ended(Outcome::Conflict);

    auto policy = together->policy;
    auto problems = request.edit(policy);
    if (!request.is_frame) keep_reachable(policy, request.never_blocked);
    if (problems.empty()) problems = problems_of(policy);
    if (!problems.empty()) return ended(Outcome::Refused, std::move(problems));
    const bool is_first = together->event.is_undecided && !request.is_frame;
    if (policy == together->policy && !is_first) return ended(Outcome::Same);

    together->policy = std::move(policy);
    together->event.is_undecided = together->event.is_undecided && request.is_frame;
    if (request.is_trial) {
        change.after.policy = together->policy;
        return ended(Outcome::Changed);
    }
    if (auto written = write_together(transaction, *together, audit_row(request, *together)); !written)
        return ended(Outcome::Refused, {": " + written.error().detail});
    change.after = to_policy(*together, request);
    change.routers = new_revisions(*together);
    return ended(Outcome::Changed);
}

Task<Result<RouterPolicy>> event_policy(Pool& pool, Tenant tenant, std::string event) {
    const std::function<Result<RouterPolicy>(Transaction&)> body = [event](Transaction& transaction) -> Result<RouterPolicy> {
        auto read = read_event_policy(transaction, event);
        if (!read) return std::unexpected{std::move(read).error()};
        return RouterPolicy{
            .organisation = {}, .desired_revision = read->event.policy_revision, .policy = std::move(read->policy)};
    };
    const auto organisation = tenant.organisation;
    auto found = co_await pool.transact<RouterPolicy>(std::move(tenant), body);
    if (found) found->organisation = organisation;
    co_return found;
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

std::function<model::Problems(model::Policy&)> replacement(model::Json document, Frame frame) {
    return [document = std::move(document), frame](model::Policy& policy) {
        model::Problems problems;
        auto whole = document;
        if (frame == Frame::Stays && whole.is_object()) {
            const auto current = model::to_json(policy);
            for (const auto* member : {"time_zone", "phases"}) {
                if (!whole.contains(member)) whole[member] = current.at(member);
            }
        }
        policy = model::parse_policy(whole, "", problems);
        return problems;
    };
}

}  // namespace vivi::db
