// Role, transaction, announcement, payload.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/deciding.hpp"

#include "server/api/events.hpp"

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

PolicyError to_policy_error(const UserError& error) {
    return {.code = error.code, .message = error.message, .path = error.field};
}

/// Whose policy it is: what find_router and find_event have in common.
struct Found {
    db::Tenant tenant{};
    auth::Place place{};
    std::string router{}, event{};
};

Task<std::expected<std::expected<Found, PolicyError>, graphql::FieldError>> find(Call& call, const Deciding& deciding) {
    using FoundOrNot = std::expected<Found, PolicyError>;
    if (!deciding.router_id.empty()) {
        auto router = co_await find_router(call, deciding.router_id);
        if (!router) co_return std::unexpected{std::move(router).error()};
        if (!*router) co_return FoundOrNot{std::unexpected{no_such_router()}};
        co_return FoundOrNot{Found{
            .tenant = (*router)->tenant, .place = place_of((*router)->router), .router = (*router)->router.id, .event = {}}};
    }
    auto event = co_await find_event(call, deciding.event_id);
    if (!event) co_return std::unexpected{std::move(event).error()};
    if (!*event) co_return FoundOrNot{std::unexpected{to_policy_error(no_such_event())}};
    co_return FoundOrNot{
        Found{.tenant = (*event)->tenant, .place = place_of((*event)->event), .router = {}, .event = (*event)->event.id}};
}

/// What the person may read of a refusal by the database; nothing when it is not theirs to put right.
std::optional<PolicyError> refusal(const Error& error, const Found& found) {
    if (error.code == Code::NotFound) return found.event.empty() ? no_such_router() : to_policy_error(no_such_event());
    if (error.code == Code::Denied) return to_policy_error(event_is_closed());
    return std::nullopt;
}

}  // namespace

PolicyError to_policy_error(const std::string& problem) {
    const auto colon = problem.find(": ");
    if (colon == std::string::npos) return {.code = "INVALID", .message = problem, .path = {}};
    return {.code = "INVALID", .message = problem.substr(colon + 2), .path = problem.substr(0, colon)};
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

Task<std::expected<Decided, graphql::FieldError>> decide(Call& call, Deciding deciding) {
    auto found = co_await find(call, deciding);
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return Decided{std::unexpected{std::move(*found).error()}};
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    if (!may(call, deciding.right, (*found)->place))
        co_return Decided{
            std::unexpected{PolicyError{.code = "FORBIDDEN", .message = std::string{not_allowed(deciding.right)}, .path = {}}}};

    auto& edit = deciding.edit;
    edit.router = (*found)->router;
    edit.event = (*found)->event;
    edit.user = (*account)->user;
    edit.address = call.address;
    edit.never_blocked = call.services.public_names;
    auto change = co_await db::change_policy(call.services.pool, (*found)->tenant, std::move(edit));
    if (!change) {
        if (auto problem = refusal(change.error(), **found)) co_return Decided{std::unexpected{*std::move(problem)}};
        co_return std::unexpected{graphql::FieldError{std::move(change).error()}};
    }
    co_await announce_all(call, change->routers);
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
