// Ids to routers, with the right asked at the place they belong to.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/traffic_scope.hpp"

#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"

namespace vivi::api {
namespace {

using graphql::FieldError;
using Found = std::expected<FoundScope, FieldError>;

std::unexpected<FieldError> nothing() { return graphql::field_error("No such part of the network.", "NOT_FOUND"); }

Task<Found> of_organisation(Call& call, std::string id) {
    const auto tenant = find_organisation(call, id, auth::Right::Show);
    if (!tenant) co_return nothing();
    const auth::Place place{.organisation = tenant->organisation};
    if (auto allowed = require(call, auth::Right::Show, place); !allowed) co_return std::unexpected{std::move(allowed).error()};
    auto routers = co_await db::routers_of(call.services.pool, *tenant, "");
    if (!routers) co_return std::unexpected{FieldError{std::move(routers).error()}};
    co_return FoundScope{.tenant = *tenant, .place = place, .scope = {.routers = *std::move(routers)}};
}

Task<Found> of_event(Call& call, std::string id) {
    const auto uuid = parse_id("Event", id);
    if (!uuid) co_return nothing();
    for (const auto& tenant : tenants(call, auth::Right::Show)) {
        const auth::Place place{.organisation = tenant.organisation, .event = *uuid};
        if (!may(call, auth::Right::Show, place)) continue;
        auto routers = co_await db::routers_of(call.services.pool, tenant, *uuid);
        if (!routers && routers.error().code == Code::NotFound) continue;
        if (!routers) co_return std::unexpected{FieldError{std::move(routers).error()}};
        co_return FoundScope{.tenant = tenant, .place = place, .scope = {.routers = *std::move(routers)}};
    }
    co_return nothing();
}

Task<Found> of_router(Call& call, std::string id) {
    const auto uuid = parse_id("Router", id);
    if (!uuid) co_return nothing();
    const auto all = tenants(call, auth::Right::Show);
    for (const auto& tenant : all) {
        const auto router = co_await db::router(call.services.pool, tenant, *uuid);
        if (!router && router.error().code == Code::NotFound) continue;
        if (!router) co_return std::unexpected{FieldError{router.error()}};
        if (!may(call, auth::Right::Show, place_of(*router))) break;
        co_return FoundScope{.tenant = tenant, .place = place_of(*router), .scope = {.routers = {router->id}}};
    }
    co_return nothing();
}

Task<Found> of_device(Call& call, std::string id) {
    const auto found = co_await find_device(call, std::move(id));
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return nothing();
    const auto& [at, device] = **found;
    co_return FoundScope{.tenant = at.tenant,
                         .place = place_of(at.router),
                         .scope = {.routers = {at.router.id}, .mac = device.mac, .device = device.id}};
}

}  // namespace

Task<std::expected<FoundScope, FieldError>> find_scope(Call& call, const graphql::Fields& input) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto& [kind, id] = input.items().front();  // Exactly one: the input is @oneOf.
    const std::string text{id.text()};
    auto found = kind == "organisationId" ? co_await of_organisation(call, text)
                 : kind == "eventId"      ? co_await of_event(call, text)
                 : kind == "routerId"     ? co_await of_router(call, text)
                                          : co_await of_device(call, text);
    co_return found;
}

std::expected<db::TrafficRange, FieldError> range_of(const graphql::Arguments& arguments, WallTime now) {
    const auto from = parse_date_time(arguments.get<std::string>("from"));
    const auto to = arguments["to"].is_null() ? std::optional{now} : parse_date_time(arguments.get<std::string>("to"));
    if (!from || !to || *from >= *to) return graphql::field_error("`from` must be before `to`.", "BAD_USER_INPUT");
    return db::TrafficRange{.from = *from, .to = *to};
}

}  // namespace vivi::api
