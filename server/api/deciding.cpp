// Role, transaction, announcement, payload.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/deciding.hpp"

namespace vivi::api {
namespace {

using graphql::Object;
using graphql::Resolved;
using graphql::Value;
using Outcome = db::PolicyChange::Outcome;
using Decided = std::expected<db::PolicyChange, PolicyError>;

PolicyError no_such_router() { return {.code = "NOT_FOUND", .message = "There is no such router.", .path = "routerId"}; }

std::string_view not_allowed(auth::Right right) {
    return right == auth::Right::Operate ? "Your role may not let names through." : "Your role may not change policies.";
}

std::vector<PolicyError> errors_of(const db::PolicyChange& change) {
    std::vector<PolicyError> errors;
    if (change.outcome == Outcome::Conflict)
        errors.push_back({.code = "CONFLICT",
                          .message = "Somebody else changed it meanwhile; look at theirs and try again.",
                          .path = "baseRevision"});
    for (const auto& problem : change.problems) errors.push_back(to_policy_error(problem));
    return errors;
}

}  // namespace

PolicyError to_policy_error(const std::string& problem) {
    const auto colon = problem.find(": ");
    if (colon == std::string::npos) return {.code = "INVALID", .message = problem, .path = {}};
    return {.code = "INVALID", .message = problem.substr(colon + 2), .path = problem.substr(0, colon)};
}

Task<std::expected<Decided, graphql::FieldError>> decide(Call& call, Deciding deciding) {
    auto found = co_await find_router(call, std::move(deciding.router_id));
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return Decided{std::unexpected{no_such_router()}};
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    if (!may(call, deciding.right, place_of((*found)->router)))
        co_return Decided{
            std::unexpected{PolicyError{.code = "FORBIDDEN", .message = std::string{not_allowed(deciding.right)}, .path = {}}}};

    auto& edit = deciding.edit;
    edit.router = (*found)->router.id;
    edit.user = (*account)->user;
    edit.address = call.address;
    edit.never_blocked = call.services.public_names;
    const bool is_trial = edit.is_trial;
    auto change = co_await db::change_policy(call.services.pool, (*found)->tenant, std::move(edit));
    if (!change && change.error().code == Code::NotFound) co_return Decided{std::unexpected{no_such_router()}};
    if (!change) co_return std::unexpected{graphql::FieldError{std::move(change).error()}};
    if (change->outcome == Outcome::Changed && !is_trial)
        co_await announce(call, {.router = change->after.router,
                                 .organisation = change->after.organisation,
                                 .desired_revision = change->after.desired_revision,
                                 .revision = change->after.revision});
    co_return Decided{*std::move(change)};
}

Task<Resolved> payload_of(Call& call, Deciding deciding) {
    auto decided = co_await decide(call, std::move(deciding));
    if (!decided) co_return std::unexpected{std::move(decided).error()};
    PolicyPayload payload;
    if (!*decided) {
        payload.errors.push_back(std::move(*decided).error());
        co_return Value{Object::make(std::move(payload))};
    }
    payload.errors = errors_of(**decided);
    payload.policy = (**decided).after;
    auto router = co_await db::router(call.services.pool, {payload.policy->organisation}, payload.policy->router);
    if (!router) co_return std::unexpected{graphql::FieldError{std::move(router).error()}};
    payload.router = *std::move(router);
    co_return Value{Object::make(std::move(payload))};
}

}  // namespace vivi::api
