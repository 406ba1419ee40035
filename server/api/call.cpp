// Who asks, and what of it they may see.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/call.hpp"

#include <algorithm>

#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/api/access.hpp"
#include "server/api/ids.hpp"

namespace vivi::api {

std::expected<const db::Account*, graphql::FieldError> signed_in(const Call& call) {
    if (call.account_problem) return std::unexpected{graphql::FieldError{*call.account_problem}};
    if (!call.account) return graphql::field_error("Sign in first.", "UNAUTHENTICATED");
    return &*call.account;
}

auth::Place place_of(const db::Router& router) { return {.organisation = router.organisation, .event = router.event}; }

bool may(const Call& call, auth::Right right, const auth::Place& place) {
    if (right == auth::Right::Anyone) return true;
    if (right == auth::Right::Show && call.show == place) return true;
    return call.account && !call.account_problem && auth::may(*call.account, right, place);
}

bool may(const Call& call, auth::Right right, const Standing& standing) {
    if (!standing.is_anywhere_within) return may(call, right, standing.place);
    if (right == auth::Right::Show && call.show && call.show->organisation == standing.place.organisation) return true;
    return std::ranges::any_of(tenants(call, right),
                               [&](const db::Tenant& tenant) { return tenant.organisation == standing.place.organisation; });
}

bool may_somewhere(const Call& call, auth::Right right) {
    if (right == auth::Right::Anyone || (right == auth::Right::Show && call.show)) return true;
    return call.account && !call.account_problem && auth::may_somewhere(*call.account, right);
}

void note_denial(const Call& call, std::string what, std::string organisation) {
    call.services.denials.note({.user = call.account ? call.account->user : std::string{},
                                .organisation = std::move(organisation),
                                .what = std::move(what),
                                .address = call.address},
                               now());
}

std::expected<void, graphql::FieldError> require(const Call& call, auth::Right right, const auth::Place& place) {
    if (const auto account = signed_in(call); !account) return std::unexpected{account.error()};
    if (may(call, right, place)) return {};
    note_denial(call, "right " + std::string{word_of(right)}, place.organisation);
    return graphql::field_error("Your role does not allow this.", "FORBIDDEN");
}

std::vector<db::Tenant> tenants(const Call& call, auth::Right right) {
    std::vector<db::Tenant> found;
    if (!call.account || call.account_problem) return found;
    for (auto& place : auth::places(*call.account, right)) {
        const auto is_it = [&](const db::Tenant& tenant) { return tenant.organisation == place.organisation; };
        if (std::ranges::none_of(found, is_it)) found.push_back({std::move(place.organisation)});
    }
    return found;
}

std::optional<db::Tenant> find_organisation(const Call& call, std::string_view id, auth::Right right) {
    const auto uuid = parse_id("Organisation", id);
    if (!uuid) return std::nullopt;
    for (auto& tenant : tenants(call, right)) {
        if (tenant.organisation == *uuid) return std::move(tenant);
    }
    return std::nullopt;
}

Task<std::expected<std::optional<FoundRouter>, graphql::FieldError>> find_router(Call& call, std::string id) {
    using Found = std::optional<FoundRouter>;
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto uuid = parse_id("Router", id);
    if (!uuid) co_return Found{};
    // A copy: a login on the same socket may replace the account meanwhile.
    const auto all = tenants(call, auth::Right::See);
    for (const auto& tenant : all) {
        auto router = co_await db::router(call.services.pool, tenant, *uuid);
        if (router && !may(call, auth::Right::See, place_of(*router))) co_return Found{};
        if (router) co_return Found{FoundRouter{.tenant = tenant, .router = *std::move(router)}};
        if (router.error().code != Code::NotFound) co_return std::unexpected{graphql::FieldError{std::move(router).error()}};
    }
    co_return Found{};
}

Task<std::expected<FoundRouter, graphql::FieldError>> require_router(Call& call, std::string id, auth::Right right) {
    auto found = co_await find_router(call, std::move(id));
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return graphql::field_error("No such router.", "NOT_FOUND");
    if (auto allowed = require(call, right, place_of((*found)->router)); !allowed)
        co_return std::unexpected{std::move(allowed).error()};
    co_return **std::move(found);
}

Task<std::expected<std::optional<FoundDevice>, graphql::FieldError>> find_device(Call& call, std::string id) {
    using Found = std::optional<FoundDevice>;
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto uuid = parse_id("Device", id);
    if (!uuid) co_return Found{};
    const auto all = tenants(call, auth::Right::See);
    for (const auto& tenant : all) {
        auto device = co_await db::device(call.services.pool, tenant, *uuid);
        if (!device && device.error().code == Code::NotFound) continue;
        if (!device) co_return std::unexpected{graphql::FieldError{std::move(device).error()}};
        auto router = co_await find_router(call, to_id("Router", device->router));
        if (!router) co_return std::unexpected{std::move(router).error()};
        if (!*router) co_return Found{};
        co_return Found{FoundDevice{.at = **std::move(router), .device = *std::move(device)}};
    }
    co_return Found{};
}

Task<std::expected<std::optional<Mac>, graphql::FieldError>> find_mac(Call& call, std::string router_id, std::string device_id) {
    const auto found = co_await find_device(call, std::move(device_id));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found || (*found)->device.router != parse_id("Router", router_id)) co_return std::optional<Mac>{};
    co_return parse_mac((*found)->device.mac);
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
