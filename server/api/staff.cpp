// GodView: staff { routers, users, organisations, auditLog }, setStaffRole, revokeRouterKey.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/staff.hpp"

#include "server/api/audit.hpp"
#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/resolvers.hpp"
#include "server/api/step_up.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char routers_list = 'R', users_list = 'U', organisations_list = 'O';
constexpr int most_rows = 100;

/// The parent of everything in GodView.
struct GodView {};

template <class Row>
struct Rows {
    bool has_previous = false;
    db::StaffPage<Row> page{};
};
struct UserPayload {
    std::optional<db::StaffUser> user{};
    std::vector<UserError> errors{};
};
struct RouterPayload {
    std::optional<db::StaffRouter> router{};
    std::vector<UserError> errors{};
};

std::string cursor_of(const db::StaffRouter& row) {
    return to_cursor(routers_list, UuidPlace{.at_us = row.created_us, .id = row.id});
}
std::string cursor_of(const db::StaffUser& row) {
    return to_cursor(users_list, UuidPlace{.at_us = row.created_us, .id = row.id});
}
std::string cursor_of(const db::StaffOrganisation& row) {
    return to_cursor(organisations_list, UuidPlace{.at_us = row.created_us, .id = row.id});
}

/// Staff only, wherever the list was reached from.
std::expected<void, FieldError> require_staff(const Call& call, auth::Right right) { return require(call, right, {}); }

std::expected<db::StaffQuery, FieldError> query_of(const Call& call, const Arguments& arguments, char list) {
    if (auto allowed = require_staff(call, auth::Right::Support); !allowed) return std::unexpected{std::move(allowed).error()};
    const auto place = uuid_place_of(arguments, list, most_rows);
    if (!place) return std::unexpected{place.error()};
    db::StaffQuery query{.search = arguments.get<std::string>("search"), .first = arguments.get<int>("first")};
    if (*place) {
        query.after_us = (*place)->at_us;
        query.after_id = (*place)->id;
    }
    return query;
}

template <class Row>
Resolved connection(Result<db::StaffPage<Row>> page, bool has_previous) {
    if (!page) return std::unexpected{FieldError{std::move(page).error()}};
    return Value{Object::make(Rows<Row>{.has_previous = has_previous, .page = *std::move(page)})};
}

Task<Resolved> routers(Call& call, const GodView&, const Arguments& arguments) {
    auto query = query_of(call, arguments, routers_list);
    if (!query) co_return std::unexpected{query.error()};
    if (!arguments["state"].is_null()) query->state = from_enum_name(arguments["state"].text());
    auto page = co_await db::staff_routers(call.services.staff, *query);
    co_return connection(std::move(page), query->after_us.has_value());
}

Task<Resolved> users(Call& call, const GodView&, const Arguments& arguments) {
    const auto query = query_of(call, arguments, users_list);
    if (!query) co_return std::unexpected{query.error()};
    auto page = co_await db::staff_users(call.services.staff, *query);
    co_return connection(std::move(page), query->after_us.has_value());
}

Task<Resolved> organisations(Call& call, const GodView&, const Arguments& arguments) {
    const auto query = query_of(call, arguments, organisations_list);
    if (!query) co_return std::unexpected{query.error()};
    auto page = co_await db::staff_organisations(call.services.staff, *query);
    co_return connection(std::move(page), query->after_us.has_value());
}

Task<Resolved> audit_log(Call& call, const GodView&, const Arguments& arguments) {
    if (auto allowed = require_staff(call, auth::Right::Support); !allowed) co_return std::unexpected{std::move(allowed).error()};
    auto page = co_await read_audit_log(call.services.staff, {}, arguments);
    co_return page;
}

/// What both mutations begin with.
Task<std::expected<db::Actor, FieldError>> admin(Call& call) {
    if (auto allowed = require_staff(call, auth::Right::Admin); !allowed) co_return std::unexpected{std::move(allowed).error()};
    if (auto proven = co_await require_step_up(call); !proven) co_return std::unexpected{std::move(proven).error()};
    co_return db::Actor{.user = call.account->user, .address = call.address};
}

Task<Resolved> set_role(const Arguments& arguments, Call& call) {
    const auto by = co_await admin(call);
    if (!by) co_return std::unexpected{by.error()};
    const auto& input = arguments["input"].fields();
    const auto uuid = parse_id("User", input["userId"].text());
    const auto role = input["role"].is_null() ? db::StaffRole::None : input["role"].as<db::StaffRole>();
    Result<db::StaffUser> changed = failed(Code::NotFound, "no such user");
    if (uuid) changed = co_await db::set_staff_role(call.services.staff, *uuid, role, *by);
    UserPayload payload;
    if (changed)
        payload.user = *std::move(changed);
    else if (changed.error().code == Code::NotFound)
        payload.errors.push_back({.code = "NOT_FOUND", .message = "There is no such user.", .field = "userId"});
    else if (changed.error().code == Code::Conflict)
        payload.errors.push_back({.code = "LAST_ADMIN", .message = changed.error().detail, .field = "role"});
    else
        co_return std::unexpected{FieldError{std::move(changed).error()}};
    co_return Value{Object::make(std::move(payload))};
}

Task<Resolved> revoke_key(const Arguments& arguments, Call& call) {
    const auto by = co_await admin(call);
    if (!by) co_return std::unexpected{by.error()};
    const auto uuid = parse_id("Router", arguments["input"].fields()["routerId"].text());
    Result<db::StaffRouter> revoked = failed(Code::NotFound, "no such router");
    if (uuid) revoked = co_await db::revoke_router_key(call.services.staff, *uuid, *by);
    RouterPayload payload;
    if (revoked) {
        // The hub looks at the router at once, and finds that it may not go on.
        const live::Decision decision{
            .router = revoked->id, .organisation = revoked->organisation, .desired_revision = revoked->desired_revision};
        co_await announce(call, decision);
        payload.router = *std::move(revoked);
    } else if (revoked.error().code == Code::NotFound) {
        payload.errors.push_back({.code = "NOT_FOUND", .message = "There is no such router.", .field = "routerId"});
    } else {
        co_return std::unexpected{FieldError{std::move(revoked).error()}};
    }
    co_return Value{Object::make(std::move(payload))};
}

void add_rows(graphql::Resolvers& resolvers) {
    const auto time_or_null = [](const std::optional<WallTime>& at) { return at ? Value{to_date_time(*at)} : Value{}; };
    resolvers.of<db::StaffRouter>("StaffRouter")
        .field("id", [](const db::StaffRouter& row) { return to_id("Router", row.id); })
        .field("name", &db::StaffRouter::name)
        .field("fingerprint", &db::StaffRouter::fingerprint)
        .field("state", &db::StaffRouter::state)
        .field("isOnline", &db::StaffRouter::is_online)
        .field("hub", &db::StaffRouter::hub)
        .field("organisationName",
               [](const db::StaffRouter& row) {
                   return row.organisation.empty() ? Value{} : Value::borrowed(row.organisation_name);
               })
        .field("software", &db::StaffRouter::software)
        .field("desiredRevision", &db::StaffRouter::desired_revision)
        .field("appliedRevision", &db::StaffRouter::applied_revision)
        .field("applyError", &db::StaffRouter::apply_error)
        .field("lastSeenAt", [time_or_null](const db::StaffRouter& row) { return time_or_null(row.last_seen_at); })
        .field("createdAt", [](const db::StaffRouter& row) { return to_date_time(from_unix_ms(row.created_us / 1'000)); });
    resolvers.of<db::StaffUser>("StaffUser")
        .field("id", [](const db::StaffUser& row) { return to_id("User", row.id); })
        .field("email", &db::StaffUser::email)
        .field("name", &db::StaffUser::name)
        .field("staffRole", [](const db::StaffUser& row) { return row.role == db::StaffRole::None ? Value{} : Value{row.role}; })
        .field("membershipCount", &db::StaffUser::memberships)
        .field("lastSeenAt", [time_or_null](const db::StaffUser& row) { return time_or_null(row.last_seen_at); })
        .field("createdAt", [](const db::StaffUser& row) { return to_date_time(from_unix_ms(row.created_us / 1'000)); });
    resolvers.of<db::StaffOrganisation>("StaffOrganisation")
        .field("id", [](const db::StaffOrganisation& row) { return to_id("Organisation", row.id); })
        .field("name", &db::StaffOrganisation::name)
        .field("memberCount", &db::StaffOrganisation::members)
        .field("routerCount", &db::StaffOrganisation::routers)
        .field("routersOnline", &db::StaffOrganisation::routers_online)
        .field("createdAt", [](const db::StaffOrganisation& row) { return to_date_time(from_unix_ms(row.created_us / 1'000)); });
}

}  // namespace

void add_staff(graphql::Resolvers& resolvers) {
    resolvers.property("Query", "staff", [](const Object&, const Arguments&, graphql::Context& context) -> Resolved {
        if (auto allowed = require_staff(context.get<Call>(), auth::Right::Support); !allowed)
            return std::unexpected{std::move(allowed).error()};
        return Value{Object::make(GodView{})};
    });
    resolvers.batch("Staff", "routers", each<GodView>(routers));
    resolvers.batch("Staff", "users", each<GodView>(users));
    resolvers.batch("Staff", "organisations", each<GodView>(organisations));
    resolvers.batch("Staff", "auditLog", each<GodView>(audit_log));
    resolvers.batch("Mutation", "setStaffRole", root(set_role));
    resolvers.batch("Mutation", "revokeRouterKey", root(revoke_key));
    resolvers.enumeration<db::StaffRole>("StaffRole", {{db::StaffRole::Support, "SUPPORT"},
                                                       {db::StaffRole::Operator, "OPERATOR"},
                                                       {db::StaffRole::Release, "RELEASE"},
                                                       {db::StaffRole::Admin, "ADMIN"}});
    resolvers.enumeration<db::RouterState>(
        "KeyState",
        {{db::RouterState::Pending, "PENDING"}, {db::RouterState::Accepted, "ACCEPTED"}, {db::RouterState::Revoked, "REVOKED"}});
    add_connection<Rows<db::StaffRouter>, db::StaffRouter>(resolvers, "StaffRouter", cursor_of);
    add_connection<Rows<db::StaffUser>, db::StaffUser>(resolvers, "StaffUser", cursor_of);
    add_connection<Rows<db::StaffOrganisation>, db::StaffOrganisation>(resolvers, "StaffOrganisation", cursor_of);
    add_rows(resolvers);
    resolvers.of<UserPayload>("StaffUserPayload")
        .field("user", [](const UserPayload& payload) { return borrowed_or_null(payload.user); })
        .field("errors", [](const UserPayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<RouterPayload>("StaffRouterPayload")
        .field("router", [](const RouterPayload& payload) { return borrowed_or_null(payload.router); })
        .field("errors", [](const RouterPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
