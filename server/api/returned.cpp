// returnedRouters, of an organisation and of GodView: custodies that are over, with the routers' receipts.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/returned.hpp"

#include "common/model/event.hpp"
#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/json_value.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char returned_list = 'T';
constexpr int most_rows = 100;

struct Returned {
    bool has_previous = false;
    db::ReturnedPage page{};
};

std::string cursor_of(const db::ReturnedRouter& row) {
    return to_cursor(returned_list, UuidPlace{.at_us = row.returned_us, .id = row.id});
}

std::expected<db::ReturnedQuery, FieldError> query_of(const Arguments& arguments) {
    const auto place = uuid_place_of(arguments, returned_list, most_rows);
    if (!place) return std::unexpected{place.error()};
    db::ReturnedQuery query{.first = arguments.get<int>("first")};
    if (*place) {
        query.before_us = (*place)->at_us;
        query.before_id = (*place)->id;
    }
    return query;
}

Resolved connection(Result<db::ReturnedPage> page, bool has_previous) {
    if (!page) return std::unexpected{FieldError{std::move(page).error()}};
    return Value{Object::make(Returned{.has_previous = has_previous, .page = *std::move(page)})};
}

Task<Resolved> of_organisation(const Arguments& arguments, Call& call) {
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto tenant = find_organisation(call, arguments.get<std::string>("organisationId"));
    if (!tenant) co_return graphql::field_error("No such organisation.", "NOT_FOUND");
    if (auto allowed = require(call, auth::Right::Own, {.organisation = tenant->organisation}); !allowed)
        co_return std::unexpected{std::move(allowed).error()};
    const auto query = query_of(arguments);
    if (!query) co_return std::unexpected{query.error()};
    auto page = co_await db::returned_routers(call.services.pool, *tenant, *query);
    co_return connection(std::move(page), query->before_us.has_value());
}

Task<Resolved> of_all(const Arguments& arguments, Call& call) {
    if (auto allowed = require(call, auth::Right::Support, {}); !allowed) co_return std::unexpected{std::move(allowed).error()};
    const auto query = query_of(arguments);
    if (!query) co_return std::unexpected{query.error()};
    auto page = co_await db::staff_returned_routers(call.services.staff, *query);
    co_return connection(std::move(page), query->before_us.has_value());
}

}  // namespace

void add_returned(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "returnedRouters", root(of_organisation));
    resolvers.batch("Staff", "returnedRouters", root(of_all));
    add_connection<Returned, db::ReturnedRouter>(resolvers, "ReturnedRouter", cursor_of);
    resolvers.of<db::ReturnedRouter>("ReturnedRouter")
        .field("routerId", [](const db::ReturnedRouter& row) { return to_id("Router", row.id); })
        .field("name", &db::ReturnedRouter::name)
        .field("fingerprint", &db::ReturnedRouter::fingerprint)
        .field("organisationName", &db::ReturnedRouter::organisation_name)
        .field("returnedAt", [](const db::ReturnedRouter& row) { return to_date_time(row.returned_at); })
        .field("wipedAt",
               [](const db::ReturnedRouter& row) { return row.wiped_at ? Value{to_date_time(*row.wiped_at)} : Value{}; })
        .field("receipt", [](const db::ReturnedRouter& row) {
            const auto receipt = model::parse_json(row.receipt);
            return receipt ? to_value(*receipt) : Value{};
        });
}

}  // namespace vivi::api
