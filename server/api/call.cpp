// Who asks, and what of it they may see.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/call.hpp"

#include "server/api/ids.hpp"

namespace vivi::api {

std::expected<const db::Account*, graphql::FieldError> signed_in(const Call& call) {
    if (call.account_problem) return std::unexpected{graphql::FieldError{*call.account_problem}};
    if (!call.account) return graphql::field_error("Sign in first.", "UNAUTHENTICATED");
    return &*call.account;
}

Task<std::expected<std::optional<FoundRouter>, graphql::FieldError>> find_router(Call& call, std::string id) {
    using Found = std::optional<FoundRouter>;
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto uuid = parse_id("Router", id);
    if (!uuid) co_return Found{};
    // A copy: a login on the same socket may replace the account meanwhile.
    const auto memberships = (*account)->memberships;
    for (const auto& membership : memberships) {
        const db::Tenant tenant{membership.organisation};
        auto router = co_await db::router(call.services.pool, tenant, *uuid);
        if (router) co_return Found{FoundRouter{.tenant = tenant, .router = *std::move(router)}};
        if (router.error().code != Code::NotFound) co_return std::unexpected{graphql::FieldError{std::move(router).error()}};
    }
    co_return Found{};
}

Task<std::expected<FoundRouter, graphql::FieldError>> require_router(Call& call, std::string id) {
    auto found = co_await find_router(call, std::move(id));
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return graphql::field_error("No such router.", "NOT_FOUND");
    co_return **std::move(found);
}

graphql::Batch root(RootField resolve) {
    return [resolve](std::span<const graphql::Object>, const graphql::Arguments& arguments,
                     graphql::Context& context) -> Task<std::vector<graphql::Resolved>> {
        auto value = co_await resolve(arguments, context.get<Call>());
        std::vector<graphql::Resolved> values;
        values.push_back(std::move(value));
        co_return values;
    };
}

}  // namespace vivi::api
