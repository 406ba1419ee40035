// retention, setRetention, sharing, setSharing: what an organisation lets be kept of its guests, and what leaves it.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/retention.hpp"

#include "server/api/call.hpp"
#include "server/api/refused.hpp"
#include "server/api/resolvers.hpp"
#include "server/db/categories.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

struct RetentionPayload {
    std::optional<db::Retention> retention{};
    std::vector<UserError> errors{};
};
struct SharingPayload {
    std::optional<bool> enabled{};
    std::vector<UserError> errors{};
};

/// The organisation of an id, for who holds `right` over all of it; the error says NOT_FOUND or FORBIDDEN.
std::expected<db::Tenant, UserError> organisation_of(const Call& call, std::string_view id, auth::Right right) {
    const auto tenant = find_organisation(call, id);
    if (!tenant) return std::unexpected{UserError{"NOT_FOUND", "There is no such organisation.", "organisationId"}};
    if (!may(call, right, {.organisation = tenant->organisation}))
        return std::unexpected{UserError{"FORBIDDEN", "Your role does not allow this.", {}}};
    return *tenant;
}

Task<Resolved> retention(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto tenant = find_organisation(call, arguments.get<std::string>("organisationId"));
    if (!tenant) co_return graphql::field_error("No such organisation.", "NOT_FOUND");
    auto found = co_await db::retention(call.services.pool, *tenant);
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    co_return Value{Object::make(*found)};
}

Task<Resolved> sharing(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto tenant = find_organisation(call, arguments.get<std::string>("organisationId"));
    if (!tenant) co_return graphql::field_error("No such organisation.", "NOT_FOUND");
    auto found = co_await db::sharing(call.services.pool, *tenant);
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    co_return Value{*found};
}

void change(int& setting, const Value& given) {
    if (!given.is_null()) setting = static_cast<int>(given.integer());
}

Task<Resolved> set_retention(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto user = (*account)->user;
    const auto& input = arguments["input"].fields();
    const auto tenant = organisation_of(call, input["organisationId"].text(), auth::Right::Own);
    if (!tenant) co_return refused<RetentionPayload>(tenant.error());
    auto wanted = co_await db::retention(call.services.pool, *tenant);
    if (!wanted) co_return std::unexpected{FieldError{std::move(wanted).error()}};
    change(wanted->names_hours, input["namesHours"]);
    change(wanted->five_minutes_days, input["fiveMinutesDays"]);
    change(wanted->hours_days, input["hoursDays"]);
    change(wanted->leases_days, input["leasesDays"]);
    change(wanted->devices_days, input["devicesDays"]);
    const auto done = co_await db::set_retention(call.services.pool, *tenant, *wanted, user, call.address);
    if (!done && done.error().code == Code::Invalid)
        co_return refused<RetentionPayload>(
            {.code = "INVALID", .message = "Out of bounds: " + done.error().detail + ".", .field = {}});
    if (!done) co_return std::unexpected{FieldError{done.error()}};
    RetentionPayload payload{.retention = *wanted};
    co_return Value{Object::make(std::move(payload))};
}

Task<Resolved> set_sharing(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto user = (*account)->user;
    const auto& input = arguments["input"].fields();
    const auto tenant = organisation_of(call, input["organisationId"].text(), auth::Right::Own);
    if (!tenant) co_return refused<SharingPayload>(tenant.error());
    const bool enabled = input["enabled"].boolean();
    const auto done = co_await db::set_sharing(call.services.pool, *tenant, enabled, user, call.address);
    if (!done) co_return std::unexpected{FieldError{done.error()}};
    SharingPayload payload{.enabled = enabled};
    co_return Value{Object::make(std::move(payload))};
}

}  // namespace

void add_retention(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "retention", root(retention));
    resolvers.batch("Query", "sharing", root(sharing));
    resolvers.batch("Mutation", "setRetention", root(set_retention));
    resolvers.batch("Mutation", "setSharing", root(set_sharing));
    resolvers.of<db::Retention>("Retention")
        .field("namesHours", &db::Retention::names_hours)
        .field("fiveMinutesDays", &db::Retention::five_minutes_days)
        .field("hoursDays", &db::Retention::hours_days)
        .field("leasesDays", &db::Retention::leases_days)
        .field("devicesDays", &db::Retention::devices_days);
    resolvers.of<RetentionPayload>("RetentionPayload")
        .field("retention",
               [](const RetentionPayload& payload) {
                   return payload.retention ? Value{Object::borrowed(*payload.retention)} : Value{};
               })
        .field("errors", [](const RetentionPayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<SharingPayload>("SharingPayload")
        .field("enabled", [](const SharingPayload& payload) { return payload.enabled ? Value{*payload.enabled} : Value{}; })
        .field("errors", [](const SharingPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
