// Router.profile, loadProfile: a policy saved on one router and loaded on others.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>

#include "common/model/configuration.hpp"
#include "common/model/policy_diff.hpp"
#include "common/model/profile.hpp"
#include "server/api/deciding.hpp"
#include "server/api/events.hpp"
#include "server/api/json_value.hpp"
#include "server/api/policy_source.hpp"
#include "server/api/resolvers.hpp"
#include "server/db/lists.hpp"
#include "server/db/policies.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;
using Outcome = db::PolicyChange::Outcome;

constexpr std::size_t most_routers = 100;
constexpr std::size_t most_name = 63, most_description = 1'000;

struct LoadResult {
    std::string router_id{};
    std::optional<db::Router> router{};
    std::optional<std::int64_t> revision{};
    std::vector<model::Change> changes{};
    std::vector<std::string> missing_lists{};
    std::vector<PolicyError> errors{};
};
struct LoadPayload {
    std::vector<LoadResult> results{};
    std::optional<db::Event> event{};
    std::vector<model::Change> event_changes{};
    std::vector<PolicyError> errors{};
};

Task<Resolved> profile_of(Call& call, db::Router router, std::string name, std::string description) {
    if (name.empty() || name.size() > most_name)
        co_return graphql::field_error("A name has 1 to 63 characters.", "BAD_USER_INPUT");
    if (description.size() > most_description)
        co_return graphql::field_error("A description has at most 1000 bytes.", "BAD_USER_INPUT");
    auto decided = co_await db::policy(call.services.pool, {router.organisation}, router.id);
    if (!decided) co_return std::unexpected{FieldError{std::move(decided).error()}};
    model::Profile profile{.name = std::move(name), .description = std::move(description), .policy = std::move(decided->policy)};
    profile.policy.never_blocked.clear();
    co_return to_value(model::to_json(profile));
}

Task<std::vector<Resolved>> profiles(std::span<const Object> parents, const Arguments& arguments, graphql::Context& context) {
    const auto name = arguments.get<std::optional<std::string>>("name");
    const auto description = arguments.get<std::string>("description");
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        const auto& router = parent.as<db::Router>();
        auto value = co_await profile_of(context.get<Call>(), router, name.value_or(router.name), description);
        values.push_back(std::move(value));
    }
    co_return values;
}

std::expected<model::Profile, model::Problems> read_profile(std::string_view text) {
    const auto json = model::parse_json(text, model::max_configuration_bytes);
    if (!json) return std::unexpected{model::Problems{": " + json.error().detail}};
    return model::parse_profile(*json);
}

/// Names of the policy's lists whose texts the organisation has not.
Task<Result<std::vector<std::string>>> missing_lists(Call& call, std::string organisation, model::Policy policy) {
    std::vector<std::string> missing;
    for (const auto& rule : policy.lists) {
        const auto size = co_await db::list_size(call.services.pool, {organisation}, rule.sha256);
        if (!size) co_return std::unexpected{size.error()};
        if (!*size) missing.push_back(rule.list);
    }
    co_return missing;
}

std::string detail_of(const model::Profile& profile) {
    return model::Json{{"profile", profile.name}}.dump(-1, ' ', false, model::Json::error_handler_t::replace);
}

Task<std::expected<LoadResult, FieldError>> load_on(Call& call, std::string router_id, model::Profile profile, bool is_trial) {
    LoadResult result{.router_id = router_id};
    Deciding deciding{.router_id = router_id};
    deciding.edit.is_trial = is_trial;
    deciding.edit.action = "profile.loaded";
    deciding.edit.detail = detail_of(profile);
    const auto found = co_await find_router(call, router_id);
    if (!found) co_return std::unexpected{found.error()};
    deciding.edit.edit = loading(profile, *found && !(*found)->router.event.empty());
    auto decided = co_await decide(call, std::move(deciding));
    if (!decided) co_return std::unexpected{std::move(decided).error()};
    if (!*decided) {
        result.errors.push_back(std::move(*decided).error());
        co_return result;
    }
    const auto& change = **decided;
    for (const auto& problem : change.problems) result.errors.push_back(to_policy_error(problem));
    auto router = co_await db::router(call.services.pool, {change.after.organisation}, change.after.router);
    if (!router) co_return std::unexpected{FieldError{std::move(router).error()}};
    result.router = *std::move(router);
    if (!result.errors.empty()) co_return result;
    result.revision = change.after.desired_revision;
    result.changes = model::diff(change.before, change.after.policy);
    auto missing = co_await missing_lists(call, change.after.organisation, change.after.policy);
    if (!missing) co_return std::unexpected{FieldError{std::move(missing).error()}};
    result.missing_lists = *std::move(missing);
    co_return result;
}

/// Loads it on an event, and so on all its routers; problems go into the payload.
Task<std::expected<void, FieldError>> load_on_event(Call& call, std::string event_id, model::Profile profile, bool is_trial,
                                                    LoadPayload& payload) {
    Deciding deciding{.event_id = event_id};
    deciding.edit.is_trial = is_trial;
    deciding.edit.action = "profile.loaded";
    deciding.edit.detail = detail_of(profile);
    deciding.edit.edit = loading(std::move(profile), /*is_of_event=*/true);
    auto decided = co_await decide(call, std::move(deciding));
    if (!decided) co_return std::unexpected{std::move(decided).error()};
    if (!*decided) {
        payload.errors.push_back(std::move(*decided).error());
        co_return std::expected<void, FieldError>{};
    }
    payload.errors = errors_of(**decided);
    if (payload.errors.empty()) payload.event_changes = model::diff((*decided)->before, (*decided)->after.policy);
    auto event = co_await find_event(call, std::move(event_id));
    if (!event) co_return std::unexpected{std::move(event).error()};
    if (*event) payload.event = (*std::move(event))->event;
    co_return std::expected<void, FieldError>{};
}

/// The profile that the input names: its text, or one that is kept.
Task<std::expected<std::expected<model::Profile, std::vector<PolicyError>>, FieldError>> profile_to_load(Call& call,
                                                                                                         graphql::Fields input) {
    using Read = std::expected<model::Profile, std::vector<PolicyError>>;
    const auto &text = input["profile"], &id = input["profileId"], &version = input["version"];
    std::vector<PolicyError> problems;
    if (text.is_null() == id.is_null()) {
        problems.push_back({.code = "INVALID", .message = "Say `profile` or `profileId`, one of them.", .path = "profile"});
        co_return Read{std::unexpected{std::move(problems)}};
    }
    if (!text.is_null()) {
        auto profile = read_profile(text.text());
        if (profile) co_return Read{*std::move(profile)};
        for (const auto& problem : profile.error()) problems.push_back(to_policy_error(problem));
        co_return Read{std::unexpected{std::move(problems)}};
    }
    const auto found = co_await find_profile(call, std::string{id.text()});
    if (!found) co_return std::unexpected{found.error()};
    if (*found) {
        const auto number = version.is_null() ? std::nullopt : std::optional{static_cast<int>(version.integer())};
        auto kept = co_await db::profile_document(call.services.pool, (*found)->tenant, (*found)->profile.id, number);
        if (kept) co_return Read{*std::move(kept)};
        if (kept.error().code != Code::NotFound) co_return std::unexpected{FieldError{std::move(kept).error()}};
    }
    problems.push_back({.code = "NOT_FOUND", .message = "There is no such profile.", .path = "profileId"});
    co_return Read{std::unexpected{std::move(problems)}};
}

Task<Resolved> load_profile(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    const auto router_ids = input["routerIds"].as<std::vector<std::string>>();
    if (router_ids.size() > most_routers) co_return graphql::field_error("At most 100 routers at once.", "BAD_USER_INPUT");
    LoadPayload payload;
    auto profile = co_await profile_to_load(call, input);
    if (!profile) co_return std::unexpected{std::move(profile).error()};
    if (!*profile) {
        payload.errors = std::move(*profile).error();
        co_return Value{Object::make(std::move(payload))};
    }
    const bool is_trial = input["dryRun"].boolean();
    if (const auto& event = input["eventId"]; !event.is_null()) {
        auto loaded = co_await load_on_event(call, std::string{event.text()}, **profile, is_trial, payload);
        if (!loaded) co_return std::unexpected{std::move(loaded).error()};
    }
    for (const auto& router_id : router_ids) {
        auto result = co_await load_on(call, router_id, **profile, is_trial);
        if (result) {
            payload.results.push_back(*std::move(result));
            continue;
        }
        // One router's failure says nothing of those before it, which have their revision.
        payload.results.push_back(
            {.router_id = router_id, .errors = {{.code = result.error().code, .message = result.error().message, .path = {}}}});
    }
    co_return Value{Object::make(std::move(payload))};
}

Value texts(const std::vector<std::string>& values) {
    graphql::List list;
    for (const auto& value : values) list.push_back(Value::borrowed(value));
    return list;
}

}  // namespace

void add_profiles(graphql::Resolvers& resolvers) {
    using model::ChangeKind;
    resolvers.batch("Router", "profile", profiles);
    resolvers.batch("Mutation", "loadProfile", root(load_profile));
    resolvers.enumeration<ChangeKind>(
        "ChangeKind", {{ChangeKind::Added, "ADDED"}, {ChangeKind::Removed, "REMOVED"}, {ChangeKind::Changed, "CHANGED"}});
    resolvers.of<model::Change>("PolicyChangeLine")
        .field("kind", &model::Change::kind)
        .field("path", &model::Change::pointer)
        .field("text", &model::Change::text)
        .field("before", [](const model::Change& change) { return to_value(change.before); })
        .field("after", [](const model::Change& change) { return to_value(change.after); });
    resolvers.of<LoadResult>("LoadProfileResult")
        .field("routerId", &LoadResult::router_id)
        .field("router",
               [](const LoadResult& result) { return result.router ? Value{Object::borrowed(*result.router)} : Value{}; })
        .field("revision", [](const LoadResult& result) { return Value{result.revision}; })
        .field("changes", [](const LoadResult& result) { return borrowed_list(result.changes); })
        .field("missingLists", [](const LoadResult& result) { return texts(result.missing_lists); })
        .field("errors", [](const LoadResult& result) { return borrowed_list(result.errors); });
    resolvers.of<LoadPayload>("LoadProfilePayload")
        .field("results", [](const LoadPayload& payload) { return borrowed_list(payload.results); })
        .field("event",
               [](const LoadPayload& payload) { return payload.event ? Value{Object::borrowed(*payload.event)} : Value{}; })
        .field("eventChanges", [](const LoadPayload& payload) { return borrowed_list(payload.event_changes); })
        .field("errors", [](const LoadPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
