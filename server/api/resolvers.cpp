// The list of nouns, and the scalars they share.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/resolvers.hpp"

#include "server/api/access.hpp"
#include "server/api/call.hpp"
#include "server/api/course.hpp"
#include "server/api/date_time.hpp"
#include "server/api/job_resolvers.hpp"
#include "server/api/policy_words.hpp"
#include "server/api/router_sync.hpp"
#include "server/api/schema_text.hpp"
#include "server/api/spares.hpp"

namespace vivi::api {
namespace {

std::expected<graphql::Value, std::string> parse_revision(const graphql::Value& value) {
    if (!value.is_integer() || value.integer() < 0) return std::unexpected{"a revision is a whole number, not negative"};
    return value;
}

std::expected<graphql::Value, std::string> parse_moment(const graphql::Value& value) {
    if (!value.is_text() || !parse_date_time(value.text()))
        return std::unexpected{"a point in time is a text like 2026-11-22T17:10:02Z"};
    return value;
}

}  // namespace

graphql::Resolvers make_resolvers() {
    graphql::Resolvers resolvers;
    resolvers.scalar("Revision", {.parse = parse_revision});
    resolvers.scalar("DateTime", {.parse = parse_moment});
    resolvers.of<UserError>("UserError")
        .field("code", &UserError::code)
        .field("message", &UserError::message)
        .field("field", [](const UserError& error) { return graphql::Value{error.field}; });
    add_accounts(resolvers);
    add_routers(resolvers);
    add_devices(resolvers);
    add_bans(resolvers);
    add_device_decisions(resolvers);
    add_leases(resolvers);
    add_device_domains(resolvers);
    add_standing(resolvers);
    add_nodes(resolvers);
    add_traffic(resolvers);
    add_device_changes(resolvers);
    add_traffic_changes(resolvers);
    add_policy_words(resolvers);
    add_policies(resolvers);
    add_policy_reports(resolvers);
    add_explain(resolvers);
    add_profiles(resolvers);
    add_imported_lists(resolvers);
    add_step_up(resolvers);
    add_sessions(resolvers);
    add_invitations(resolvers);
    add_second_factor(resolvers);
    add_acceptances(resolvers);
    add_new_passwords(resolvers);
    add_events(resolvers);
    add_event_edits(resolvers);
    add_custody(resolvers);
    add_spares(resolvers);
    add_router_status(resolvers);
    add_router_sync(resolvers);
    add_revisions(resolvers);
    add_contacts(resolvers);
    add_alerts(resolvers);
    add_traffic_series(resolvers);
    add_traffic_top(resolvers);
    add_retention(resolvers);
    add_erasure(resolvers);
    add_categories(resolvers);
    add_services(resolvers);
    add_members(resolvers);
    add_tokens(resolvers);
    add_shows(resolvers);
    add_audit(resolvers);
    add_returned(resolvers);
    add_staff(resolvers);
    add_kept_profiles(resolvers);
    add_blocked_names(resolvers);
    add_new_names(resolvers);
    add_pools(resolvers);
    add_policy_trial(resolvers);
    add_router_changes(resolvers);
    add_show_changes(resolvers);
    add_timeline(resolvers);
    add_own_account(resolvers);
    add_notifications(resolvers);
    add_commands(resolvers);
    add_staff_commands(resolvers);
    add_command_changes(resolvers);
    add_rollouts(resolvers);
    return resolvers;
}

Result<std::unique_ptr<graphql::Engine>> make_engine(graphql::Options options) {
    auto schema = graphql::build_schema(schema_text());
    if (!schema) return std::unexpected{std::move(schema).error().in("schema.graphql")};
    auto access = Access::make(*schema, make_places());
    if (!access) return std::unexpected{std::move(access).error()};
    options.guard = *std::move(access);
    return graphql::Engine::make(*std::move(schema), make_resolvers(), std::move(options));
}

}  // namespace vivi::api
