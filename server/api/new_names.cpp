// Router.newNames, Event.newNames: names that nobody there had asked for before.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/new_names.hpp"

#include "server/api/connection.hpp"
#include "server/api/course.hpp"
#include "server/api/date_time.hpp"
#include "server/db/events.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_names = 100, most_minutes = 1'440;

Task<Resolved> found_at(Call& call, const Arguments& arguments, std::string organisation, std::vector<std::string> routers) {
    if (auto checked = check_first(arguments, most_names); !checked) co_return std::unexpected{std::move(checked).error()};
    const auto minutes = arguments.get<int>("minutes");
    if (minutes < 1 || minutes > most_minutes) co_return graphql::field_error("`minutes` must be 1 to 1440.", "BAD_USER_INPUT");
    auto rows = co_await db::new_names(call.services.pool, {std::move(organisation)},
                                       {.routers = std::move(routers),
                                        .minutes = minutes,
                                        .least_devices = arguments.get<int>("leastDevices"),
                                        .first = arguments.get<int>("first")});
    if (!rows) co_return std::unexpected{FieldError{std::move(rows).error()}};
    graphql::List list;
    for (auto& row : *rows) list.emplace_back(Object::make(std::move(row)));
    co_return Value{std::move(list)};
}

Task<Resolved> of_router(Call& call, const db::Router& router, const Arguments& arguments) {
    auto found = co_await found_at(call, arguments, router.organisation, {router.id});
    co_return found;
}

Task<Resolved> of_event(Call& call, const db::Event& event, const Arguments& arguments) {
    auto routers = co_await routers_of(call, event);
    if (!routers) co_return std::unexpected{FieldError{std::move(routers).error()}};
    auto found = co_await found_at(call, arguments, event.organisation, *std::move(routers));
    co_return found;
}

}  // namespace

void add_new_names(graphql::Resolvers& resolvers) {
    resolvers.batch("Router", "newNames", each<db::Router>(of_router));
    resolvers.batch("Event", "newNames", each<db::Event>(of_event));
    resolvers.of<db::NewName>("NewName")
        .field("name", &db::NewName::name)
        .field("deviceCount", &db::NewName::devices)
        .field("queries", &db::NewName::queries)
        .field("firstSeenAt", [](const db::NewName& name) { return to_date_time(name.first_at); });
}

}  // namespace vivi::api
