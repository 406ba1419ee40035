// Who asks, and what of it they may see.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/call.hpp"

#include "common/runtime/log.hpp"
#include "server/api/ids.hpp"
#include "server/db/devices.hpp"

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

Task<Result<std::optional<Mac>>> find_mac(Call& call, std::string router_id, std::string device_id) {
    const auto router = parse_id("Router", router_id), device = parse_id("Device", device_id);
    if (!router || !device || !call.account) co_return std::optional<Mac>{};
    const auto memberships = call.account->memberships;
    for (const auto& membership : memberships) {
        const auto found = co_await db::device(call.services.pool, {membership.organisation}, *device);
        if (found) co_return found->router == *router ? parse_mac(found->mac) : std::nullopt;
        if (found.error().code != Code::NotFound) co_return std::unexpected{found.error()};
    }
    co_return std::optional<Mac>{};
}

Task<> announce(Call& call, live::Decision decision) {
    call.services.wakeups.wake(decision.router);  // Our own viewers need not wait for the broker.
    const auto router = decision.router;
    // The broker only wakes; who does not hear it looks within 5 s.
    if (const auto sent = co_await call.services.notices.decided(std::move(decision)); !sent)
        log::warn("decision.unannounced", {{"router", router}, {"reason", sent.error().detail}});
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
