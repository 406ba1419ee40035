// claimRouter, renameRouter, returnRouter.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/custody.hpp"

#include <algorithm>
#include <iterator>

#include "common/core/claim_code.hpp"
#include "common/model/configuration.hpp"
#include "server/api/connection.hpp"
#include "server/api/events.hpp"
#include "server/api/ids.hpp"
#include "server/api/json_value.hpp"
#include "server/api/refused.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/step_up.hpp"
#include "server/db/gathered.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr std::size_t most_name_bytes = 100;

/// What a Raspberry Pi with a second network adapter needs to begin with: guests behind the adapter, the venue on the built-in
/// port.
constexpr const char* first_configuration = R"({
  "networks":[{"name":"lan","interface":"eth1","address":"10.66.0.1/22","dhcp":{"from":"10.66.0.50","to":"10.66.3.250"}}],
  "uplink":{"interface":"eth0","mode":"dhcp"},"policy":{"mode":"block-listed"}})";

struct RouterPayload {
    std::optional<db::Router> router{};
    std::vector<UserError> errors{};
};
struct ReturnRouterPayload {
    std::optional<std::string> router_id{};
    std::vector<UserError> errors{};
};

UserError no_such_router() { return {.code = "NOT_FOUND", .message = "There is no such router.", .field = "routerId"}; }

std::optional<UserError> problem_of_name(const std::string& name) {
    if (!name.empty() && name.size() <= most_name_bytes && db::clean(name, most_name_bytes) == name) return std::nullopt;
    return UserError{.code = "INVALID", .message = "A name has 1 to 100 bytes.", .field = "name"};
}

/// "/networks/0/address: what" as an error of the member of the input.
UserError problem_of_configuration(const std::string& problem) {
    return {.code = "INVALID", .message = problem, .field = "configuration"};
}

/// The text of the configuration, or what is wrong with it.
std::expected<std::string, std::vector<UserError>> configuration_of(const Value& input) {
    if (input.is_null()) return std::string{first_configuration};
    auto json = to_json(input, model::max_configuration_bytes);
    if (!json) return std::unexpected{std::vector{problem_of_configuration(json.error().detail)}};
    if (!json->is_object()) return std::unexpected{std::vector{problem_of_configuration("must be a JSON object")}};
    auto whole = *json;
    whole["v"] = 1;
    whole["revision"] = 1;
    whole["custody"] = "00000000-0000-4000-8000-000000000000";
    const auto parsed = model::parse_configuration(whole);
    if (parsed) return json->dump();
    std::vector<UserError> problems;
    for (const auto& problem : parsed.error()) problems.push_back(problem_of_configuration(problem));
    return std::unexpected{std::move(problems)};
}

/// What was typed, as far as it can be judged without asking anybody.
std::expected<db::Claim, std::vector<UserError>> claim_of(const graphql::Fields& input, const Call& call) {
    std::vector<UserError> problems;
    const auto code = parse_claim_code(input["code"].text());
    if (!code)
        problems.push_back(
            {.code = "MISTYPED_CODE", .message = "This is not a code; look at the router again.", .field = "code"});
    std::string name{input["name"].text()};
    if (auto problem = problem_of_name(name)) problems.push_back(*std::move(problem));
    auto configuration = configuration_of(input["configuration"]);
    if (!configuration) std::ranges::move(configuration.error(), std::back_inserter(problems));
    if (!problems.empty()) return std::unexpected{std::move(problems)};
    return db::Claim{.code_hash = db::claim_code_hash(*code),
                     .name = std::move(name),
                     .configuration = *std::move(configuration),
                     .actor = actor_of(call)};
}

Task<Resolved> claim_router(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    const auto organisation = find_organisation(call, input["organisationId"].text());
    if (!organisation)
        co_return refused<RouterPayload>(
            {.code = "NOT_FOUND", .message = "There is no such organisation.", .field = "organisationId"});
    if (!may(call, auth::Right::Manage, {.organisation = organisation->organisation, .event = {}}))
        co_return refused<RouterPayload>({.code = "FORBIDDEN", .message = "Your role may not claim routers.", .field = {}});
    auto claim = claim_of(input, call);
    if (!claim) co_return Value{Object::make(RouterPayload{.errors = std::move(claim).error()})};
    const auto claimed = co_await db::claim_router(call.services.pool, *organisation, *std::move(claim));
    if (!claimed) co_return std::unexpected{FieldError{claimed.error()}};
    if (claimed->outcome == db::Claimed::Outcome::Throttled)
        co_return refused<RouterPayload>({.code = "TOO_MANY_ATTEMPTS",
                                          .message = "Too many codes that fit no router; wait a quarter of an hour.",
                                          .field = {}});
    if (claimed->outcome == db::Claimed::Outcome::Unknown)
        co_return refused<RouterPayload>(
            {.code = "UNKNOWN_CODE", .message = "No router shows this code now; codes change every half hour.", .field = "code"});
    co_await announce(call, {.router = claimed->router,
                             .organisation = organisation->organisation,
                             .desired_revision = 1,
                             .revision = claimed->revision});
    auto router = co_await db::router(call.services.pool, *organisation, claimed->router);
    if (!router) co_return std::unexpected{FieldError{std::move(router).error()}};
    co_return Value{Object::make(RouterPayload{.router = *std::move(router)})};
}

Task<Resolved> rename_router(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auto found = co_await find_router(call, std::string{input["routerId"].text()});
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return refused<RouterPayload>(no_such_router());
    auto& [tenant, router] = **found;
    if (!may(call, auth::Right::Manage, place_of(router)))
        co_return refused<RouterPayload>({.code = "FORBIDDEN", .message = "Your role may not rename routers.", .field = {}});
    std::string name{input["name"].text()};
    if (auto problem = problem_of_name(name)) co_return refused<RouterPayload>(*std::move(problem));
    const auto renamed = co_await db::rename_router(call.services.pool, tenant, router.id, name, actor_of(call));
    if (!renamed && renamed.error().code == Code::NotFound) co_return refused<RouterPayload>(no_such_router());
    if (!renamed) co_return std::unexpected{FieldError{renamed.error()}};
    router.name = std::move(name);
    router.revision = *renamed;
    co_await announce(call, {.router = router.id,
                             .organisation = router.organisation,
                             .desired_revision = router.desired_revision,
                             .revision = router.revision});
    co_return Value{Object::make(RouterPayload{.router = std::move(router)})};
}

Task<Resolved> return_router(const Arguments& arguments, Call& call) {
    const std::string router_id{arguments["input"].fields()["routerId"].text()};
    auto found = co_await find_router(call, router_id);
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return refused<ReturnRouterPayload>(no_such_router());
    const auto& [tenant, router] = **found;
    if (!may(call, auth::Right::Own, place_of(router)))
        co_return refused<ReturnRouterPayload>({.code = "FORBIDDEN", .message = "Only owners return routers.", .field = {}});
    if (auto proven = co_await require_step_up(call); !proven) co_return std::unexpected{std::move(proven).error()};
    const auto returned = co_await db::return_router(call.services.pool, tenant, router.id, actor_of(call));
    if (!returned && returned.error().code == Code::NotFound) co_return refused<ReturnRouterPayload>(no_such_router());
    if (!returned) co_return std::unexpected{FieldError{returned.error()}};
    // The hub looks, finds that the router is nobody's, and ends the session.
    co_await announce(call, {.router = router.id,
                             .organisation = router.organisation,
                             .desired_revision = router.desired_revision,
                             .revision = router.revision + 1});
    co_return Value{Object::make(ReturnRouterPayload{.router_id = router_id})};
}

}  // namespace

void add_custody(graphql::Resolvers& resolvers) {
    resolvers.batch("Mutation", "claimRouter", root(claim_router));
    resolvers.batch("Mutation", "renameRouter", root(rename_router));
    resolvers.batch("Mutation", "returnRouter", root(return_router));
    resolvers.of<RouterPayload>("RouterPayload")
        .field("router", [](const RouterPayload& payload) { return borrowed_or_null(payload.router); })
        .field("errors", [](const RouterPayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<ReturnRouterPayload>("ReturnRouterPayload")
        .field("routerId", [](const ReturnRouterPayload& payload) { return Value{payload.router_id}; })
        .field("errors", [](const ReturnRouterPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
