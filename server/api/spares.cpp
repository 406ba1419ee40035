// replaceRouter: a spare takes the place of a broken router.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/spares.hpp"

#include "server/api/connection.hpp"
#include "server/api/events.hpp"
#include "server/api/step_up.hpp"
#include "server/db/spares.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct ReplaceRouterPayload {
    std::optional<db::Router> router{};
    std::int64_t leases = 0;
    std::vector<UserError> errors{};
};

Value refused(std::string code, std::string message, std::optional<std::string> field = {}) {
    return Object::make(
        ReplaceRouterPayload{.errors = {{.code = std::move(code), .message = std::move(message), .field = std::move(field)}}});
}
Value no_such(const char* field) { return refused("NOT_FOUND", "There is no such router.", field); }

/// Both sessions end: the hub looks, and finds that they are replaced.
Task<> tell(Call& call, const db::Router& router, const db::Router& spare, const db::Replaced& replaced) {
    for (const auto* each : {&router, &spare})
        co_await announce(call, {.router = each->id,
                                 .organisation = each->organisation,
                                 .desired_revision = replaced.desired_revision,
                                 .revision = each == &router ? replaced.revision : each->revision + 1});
}

Task<Resolved> replace_router(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auto found = co_await find_router(call, std::string{input["routerId"].text()});
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return no_such("routerId");
    auto found_spare = co_await find_router(call, std::string{input["spareId"].text()});
    if (!found_spare) co_return std::unexpected{std::move(found_spare).error()};
    if (!*found_spare) co_return no_such("spareId");
    const auto& [tenant, router] = **found;
    const auto& spare = (**found_spare).router;
    if (spare.organisation != router.organisation) co_return no_such("spareId");
    if (!may(call, auth::Right::Manage, place_of(router)) || !may(call, auth::Right::Manage, place_of(spare)))
        co_return refused("FORBIDDEN", "Your role may not replace routers.");
    if (spare.id == router.id) co_return refused("INVALID", "A router cannot take its own place.", "spareId");
    if (auto proven = co_await require_step_up(call); !proven) co_return std::unexpected{std::move(proven).error()};
    const auto replaced = co_await db::replace_router(call.services.pool, tenant, router.id, spare.id, actor_of(call));
    if (!replaced) co_return std::unexpected{FieldError{replaced.error()}};
    if (replaced->outcome == db::Replaced::Outcome::Unknown) co_return no_such("routerId");
    if (replaced->outcome == db::Replaced::Outcome::Busy)
        co_return refused("SPARE_IN_USE", "The spare is at an event, or has guests of its own.", "spareId");
    co_await tell(call, router, spare, *replaced);
    auto now_is = co_await db::router(call.services.pool, tenant, router.id);
    if (!now_is) co_return std::unexpected{FieldError{std::move(now_is).error()}};
    co_return Value{Object::make(ReplaceRouterPayload{.router = *std::move(now_is), .leases = replaced->leases})};
}

}  // namespace

void add_spares(graphql::Resolvers& resolvers) {
    resolvers.batch("Mutation", "replaceRouter", root(replace_router));
    resolvers.of<ReplaceRouterPayload>("ReplaceRouterPayload")
        .field("router", [](const ReplaceRouterPayload& payload) { return borrowed_or_null(payload.router); })
        .field("leases", [](const ReplaceRouterPayload& payload) { return Value{payload.leases}; })
        .field("errors", [](const ReplaceRouterPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
