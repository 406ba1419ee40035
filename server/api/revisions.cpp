// Router.revisions with what each changed, Router.configurationChanges, rollBack.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/deciding.hpp"
#include "server/api/events.hpp"
#include "server/api/resolvers.hpp"
#include "server/db/configurations.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;
using Outcome = db::PolicyChange::Outcome;
using Documents = std::map<std::int64_t, model::Configuration>;

constexpr char revisions_list = 'r';
constexpr int most_revisions = 50;  // Each may be 256 KiB, and is read when its changes are asked for.

struct Revisions {
    bool has_previous = false;
    db::RevisionPage page{};
};
struct RollBackPayload {
    std::optional<db::Router> router{};
    std::optional<std::int64_t> revision{};
    std::vector<model::Change> changes{};
    std::vector<std::string> kept_bans{};
    std::vector<PolicyError> errors{};
};

std::string cursor_of(const db::ConfigurationRevision& row) { return to_cursor(revisions_list, RowPlace{.id = row.revision}); }

Task<Resolved> revisions(Call& call, const db::Router& router, const Arguments& arguments) {
    const auto place = row_place_of(arguments, revisions_list, most_revisions);
    if (!place) co_return std::unexpected{place.error()};
    db::RevisionQuery query{.router = router.id, .first = arguments.get<int>("first")};
    if (*place) query.after = (*place)->id;
    auto page = co_await db::configuration_revisions(call.services.pool, {router.organisation}, query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Revisions{.has_previous = place->has_value(), .page = *std::move(page)})};
}

Value change_list(std::vector<model::Change> changes) {
    graphql::List list;
    for (auto& change : changes) list.emplace_back(Object::make(std::move(change)));
    return list;
}

/// The documents of the revisions and of those before them, one query for each router.
Task<std::expected<std::map<std::string, Documents>, FieldError>> documents_of(Call& call, std::span<const Object> parents) {
    std::map<std::string, std::pair<std::string, std::vector<std::int64_t>>> wanted;
    for (const auto& parent : parents) {
        const auto& row = parent.as<db::ConfigurationRevision>();
        auto& [organisation, revisions] = wanted[row.router];
        organisation = row.organisation;
        revisions.push_back(row.revision);
        revisions.push_back(row.revision - 1);
    }
    std::map<std::string, Documents> all;
    for (const auto& [router, of] : wanted) {
        auto found = co_await db::configurations(call.services.pool, {of.first}, router, of.second);
        if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
        all.emplace(router, *std::move(found));
    }
    co_return all;
}

Task<std::vector<Resolved>> changes_of(std::span<const Object> parents, const Arguments&, graphql::Context& context) {
    const auto documents = co_await documents_of(context.get<Call>(), parents);
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        if (!documents) {
            values.emplace_back(std::unexpected{documents.error()});
            continue;
        }
        const auto& row = parent.as<db::ConfigurationRevision>();
        const auto& of_router = documents->at(row.router);
        const auto after = of_router.find(row.revision), before = of_router.find(row.revision - 1);
        const bool is_known = after != of_router.end() && before != of_router.end();
        values.emplace_back(is_known ? change_list(model::diff(before->second, after->second)) : Value{graphql::List{}});
    }
    co_return values;
}

Task<Resolved> changes_between(Call& call, const db::Router& router, const Arguments& arguments) {
    const auto from = arguments.get<std::int64_t>("from"), to = arguments.get<std::int64_t>("to");
    const auto found = co_await db::configurations(call.services.pool, {router.organisation}, router.id, {from, to});
    if (!found) co_return std::unexpected{FieldError{found.error()}};
    if (!found->contains(from) || !found->contains(to)) co_return graphql::field_error("No such revision.", "NOT_FOUND");
    co_return change_list(model::diff(found->at(from), found->at(to)));
}

Value refused(PolicyError error) {
    RollBackPayload payload;
    payload.errors.push_back(std::move(error));
    return Object::make(std::move(payload));
}

std::vector<PolicyError> errors_of(const db::RolledBack& result) {
    db::PolicyChange change{.outcome = result.outcome, .problems = result.problems};
    return api::errors_of(change);
}

Task<Resolved> roll_back(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auto found = co_await find_router(call, std::string{input["routerId"].text()});
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return refused({.code = "NOT_FOUND", .message = "There is no such router.", .path = "routerId"});
    const auto& [tenant, router] = **found;
    if (!may(call, auth::Right::Manage, place_of(router)))
        co_return refused({.code = "FORBIDDEN", .message = "Your role may not change configurations.", .path = {}});
    auto result = co_await db::roll_back(call.services.pool, tenant,
                                         {.router = router.id,
                                          .to_revision = input["toRevision"].integer(),
                                          .base_revision = input["baseRevision"].integer(),
                                          .actor = actor_of(call)});
    if (!result && result.error().code == Code::NotFound)
        co_return refused({.code = "NOT_FOUND", .message = "There is no such revision.", .path = "toRevision"});
    if (!result) co_return std::unexpected{FieldError{std::move(result).error()}};
    co_await announce_all(call, result->routers);
    RollBackPayload payload{.revision = result->desired_revision, .errors = errors_of(*result)};
    if (payload.errors.empty()) {
        payload.changes = std::move(result->changes);
        payload.kept_bans = std::move(result->kept_bans);
    }
    auto after = co_await db::router(call.services.pool, tenant, router.id);
    if (!after) co_return std::unexpected{FieldError{std::move(after).error()}};
    payload.router = *std::move(after);
    co_return Value{Object::make(std::move(payload))};
}

}  // namespace

void add_revisions(graphql::Resolvers& resolvers) {
    using db::ConfigurationRevision;
    resolvers.batch("Router", "revisions", each<db::Router>(revisions));
    resolvers.batch("Router", "configurationChanges", each<db::Router>(changes_between));
    resolvers.batch("ConfigurationRevision", "changes", changes_of);
    resolvers.batch("Mutation", "rollBack", root(roll_back));
    add_connection<Revisions, ConfigurationRevision>(resolvers, "ConfigurationRevision", cursor_of);
    resolvers.of<ConfigurationRevision>("ConfigurationRevision")
        .field("revision", &ConfigurationRevision::revision)
        .field("createdAt", [](const ConfigurationRevision& row) { return to_date_time(row.created_at); })
        .field("author", &ConfigurationRevision::author)
        .field("action", &ConfigurationRevision::action)
        .field("isDesired", &ConfigurationRevision::is_desired)
        .field("isApplied", &ConfigurationRevision::is_applied);
    resolvers.of<RollBackPayload>("RollBackPayload")
        .field("router", [](const RollBackPayload& payload) { return borrowed_or_null(payload.router); })
        .field("revision", [](const RollBackPayload& payload) { return Value{payload.revision}; })
        .field("changes", [](const RollBackPayload& payload) { return borrowed_list(payload.changes); })
        .field("keptBans",
               [](const RollBackPayload& payload) {
                   graphql::List list;
                   for (const auto& mac : payload.kept_bans) list.push_back(Value::borrowed(mac));
                   return Value{std::move(list)};
               })
        .field("errors", [](const RollBackPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
