// profiles, profile, comparePolicies; saveProfile, importProfile, renameProfile, deleteProfile.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/configuration.hpp"
#include "common/model/policy_diff.hpp"
#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/deciding.hpp"
#include "server/api/events.hpp"
#include "server/api/json_value.hpp"
#include "server/api/policy_source.hpp"
#include "server/api/resolvers.hpp"
#include "server/db/gathered.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char profiles_list = 'p';
constexpr int most_profiles = 100;
constexpr std::size_t most_name_bytes = 63, most_description_bytes = 1'000;

struct Profiles {
    bool has_previous = false;
    db::ProfilePage page{};
};
struct ProfilePayload {
    std::optional<db::KeptProfile> profile{};
    std::vector<PolicyError> errors{};
};

std::string cursor_of(const db::KeptProfile& profile) {
    return to_cursor(profiles_list, UuidPlace{.at_us = profile.created_us, .id = profile.id});
}

Value refused(PolicyError error) {
    ProfilePayload payload;
    payload.errors.push_back(std::move(error));
    return Object::make(std::move(payload));
}
Value no_such(std::string what, std::string path) {
    return refused({.code = "NOT_FOUND", .message = "There is no such " + what + ".", .path = std::move(path)});
}
Value forbidden() { return refused({.code = "FORBIDDEN", .message = "Your role may not keep profiles.", .path = {}}); }

std::vector<PolicyError> problems_of(const std::string& name, const std::string& description) {
    std::vector<PolicyError> problems;
    if (name.empty() || name.size() > most_name_bytes || db::clean(name, most_name_bytes) != name)
        problems.push_back({.code = "INVALID", .message = "A name has 1 to 63 bytes.", .path = "name"});
    if (description.size() > most_description_bytes || db::clean(description, most_description_bytes) != description)
        problems.push_back({.code = "INVALID", .message = "A description has at most 1000 bytes.", .path = "description"});
    return problems;
}

std::string text_or(const Value& value, std::string otherwise) {
    return value.is_null() ? std::move(otherwise) : std::string{value.text()};
}

Task<Resolved> profiles(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto organisation = find_organisation(call, arguments.get<std::string>("organisationId"));
    if (!organisation || !may(call, auth::Right::See, {.organisation = organisation->organisation, .event = {}}))
        co_return graphql::field_error("No such organisation.", "NOT_FOUND");
    const auto place = uuid_place_of(arguments, profiles_list, most_profiles);
    if (!place) co_return std::unexpected{place.error()};
    db::ProfileQuery query{.first = arguments.get<int>("first")};
    if (*place) {
        query.after_us = (*place)->at_us;
        query.after_id = (*place)->id;
    }
    auto page = co_await db::profiles(call.services.pool, *organisation, query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Profiles{.has_previous = place->has_value(), .page = *std::move(page)})};
}

Task<Resolved> profile(const Arguments& arguments, Call& call) {
    auto found = co_await find_profile(call, arguments.get<std::string>("id"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return Value{};
    co_return Value{Object::make((*std::move(found))->profile)};
}

Task<Resolved> versions_of(Call& call, const db::KeptProfile& profile, const Arguments&) {
    auto found = co_await db::profile_versions(call.services.pool, {profile.organisation}, profile.id);
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    graphql::List list;
    for (auto& version : *found) list.emplace_back(Object::make(std::move(version)));
    co_return Value{std::move(list)};
}

Task<Resolved> document_of(Call& call, const db::KeptProfile& profile, const Arguments& arguments) {
    const auto version = arguments.get<std::optional<int>>("version");
    const auto document = co_await db::profile_document(call.services.pool, {profile.organisation}, profile.id, version);
    if (!document && document.error().code == Code::NotFound) co_return graphql::field_error("No such version.", "NOT_FOUND");
    if (!document) co_return std::unexpected{FieldError{document.error()}};
    co_return to_value(model::to_json(*document));
}

Task<Resolved> compare_policies(const Arguments& arguments, Call& call) {
    const auto left = co_await find_source(call, arguments["left"].fields());
    if (!left) co_return std::unexpected{left.error()};
    const auto right = co_await find_source(call, arguments["right"].fields());
    if (!right) co_return std::unexpected{right.error()};
    if (!*left || !*right) co_return graphql::field_error("No such policy.", "NOT_FOUND");
    graphql::List list;
    for (auto& change : model::diff((*left)->policy, (*right)->policy)) list.emplace_back(Object::make(std::move(change)));
    co_return Value{std::move(list)};
}

Task<Resolved> keep(Call& call, db::Tenant tenant, model::Profile profile, std::string source) {
    ProfilePayload payload{.errors = problems_of(profile.name, profile.description)};
    if (!payload.errors.empty()) co_return Value{Object::make(std::move(payload))};
    profile.policy.never_blocked.clear();
    auto kept = co_await db::save_profile(call.services.pool, std::move(tenant),
                                          {.profile = std::move(profile), .source = std::move(source), .actor = actor_of(call)});
    if (!kept) co_return std::unexpected{FieldError{std::move(kept).error()}};
    payload.profile = *std::move(kept);
    co_return Value{Object::make(std::move(payload))};
}

bool may_keep(const Call& call, const std::string& organisation) {
    return may(call, auth::Right::Manage, {.organisation = organisation, .event = {}});
}

Task<Resolved> save_profile(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auto source = co_await find_source(call, input["from"].fields());
    if (!source) co_return std::unexpected{std::move(source).error()};
    if (!*source) co_return no_such("policy", "from");
    if (!may_keep(call, (*source)->place.organisation)) co_return forbidden();
    model::Profile profile{.name = std::string{input["name"].text()},
                           .description = std::string{input["description"].text()},
                           .policy = std::move((*source)->policy)};
    auto kept = co_await keep(call, (*source)->tenant, std::move(profile), (*source)->words);
    co_return kept;
}

Task<Resolved> import_profile(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    const auto organisation = find_organisation(call, input["organisationId"].text());
    if (!organisation) co_return no_such("organisation", "organisationId");
    if (!may_keep(call, organisation->organisation)) co_return forbidden();
    const auto json = model::parse_json(input["text"].text(), model::max_configuration_bytes);
    if (!json) co_return refused({.code = "INVALID", .message = json.error().detail, .path = ""});
    auto profile = model::parse_profile(*json);
    if (!profile) {
        ProfilePayload payload;
        for (const auto& problem : profile.error()) payload.errors.push_back(to_policy_error(problem));
        co_return Value{Object::make(std::move(payload))};
    }
    profile->name = text_or(input["name"], profile->name);
    auto kept = co_await keep(call, *organisation, *std::move(profile), "file");
    co_return kept;
}

Task<Resolved> rename_profile(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    const auto found = co_await find_profile(call, std::string{input["profileId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return no_such("profile", "profileId");
    const auto& [tenant, profile] = **found;
    if (!may_keep(call, profile.organisation)) co_return forbidden();
    auto name = text_or(input["name"], profile.name), description = text_or(input["description"], profile.description);
    ProfilePayload payload{.errors = problems_of(name, description)};
    if (!payload.errors.empty()) co_return Value{Object::make(std::move(payload))};
    auto renamed = co_await db::rename_profile(call.services.pool, tenant, profile.id, std::move(name), std::move(description),
                                               actor_of(call));
    if (!renamed && renamed.error().code == Code::NotFound) co_return no_such("profile", "profileId");
    if (!renamed && renamed.error().code == Code::Conflict)
        co_return refused({.code = "NAME_TAKEN", .message = "Another profile has that name.", .path = "name"});
    if (!renamed) co_return std::unexpected{FieldError{std::move(renamed).error()}};
    payload.profile = *std::move(renamed);
    co_return Value{Object::make(std::move(payload))};
}

Task<Resolved> delete_profile(const Arguments& arguments, Call& call) {
    const auto found = co_await find_profile(call, std::string{arguments["input"].fields()["profileId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return no_such("profile", "profileId");
    const auto& [tenant, profile] = **found;
    if (!may_keep(call, profile.organisation)) co_return forbidden();
    const auto gone = co_await db::delete_profile(call.services.pool, tenant, profile.id, actor_of(call));
    if (!gone && gone.error().code == Code::NotFound) co_return no_such("profile", "profileId");
    if (!gone) co_return std::unexpected{FieldError{gone.error()}};
    co_return Value{Object::make(ProfilePayload{})};
}

}  // namespace

void add_kept_profiles(graphql::Resolvers& resolvers) {
    using db::KeptProfile, db::ProfileVersion;
    resolvers.batch("Query", "profiles", root(profiles));
    resolvers.batch("Query", "profile", root(profile));
    resolvers.batch("Query", "comparePolicies", root(compare_policies));
    resolvers.batch("Mutation", "saveProfile", root(save_profile));
    resolvers.batch("Mutation", "importProfile", root(import_profile));
    resolvers.batch("Mutation", "renameProfile", root(rename_profile));
    resolvers.batch("Mutation", "deleteProfile", root(delete_profile));
    resolvers.batch("Profile", "versions", each<KeptProfile>(versions_of));
    resolvers.batch("Profile", "document", each<KeptProfile>(document_of));
    add_connection<Profiles, KeptProfile>(resolvers, "Profile", cursor_of);
    resolvers.of<KeptProfile>("Profile")
        .field("id", [](const KeptProfile& profile) { return to_id("Profile", profile.id); })
        .field("name", &KeptProfile::name)
        .field("description", &KeptProfile::description)
        .field("createdAt", [](const KeptProfile& profile) { return to_date_time(from_unix_ms(profile.created_us / 1'000)); })
        .field("version", &KeptProfile::version);
    resolvers.of<ProfileVersion>("ProfileVersion")
        .field("version", &ProfileVersion::version)
        .field("checksum", &ProfileVersion::checksum)
        .field("author", &ProfileVersion::author)
        .field("createdAt", [](const ProfileVersion& version) { return to_date_time(version.created_at); });
    resolvers.of<ProfilePayload>("ProfilePayload")
        .field("profile", [](const ProfilePayload& payload) { return borrowed_or_null(payload.profile); })
        .field("errors", [](const ProfilePayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
