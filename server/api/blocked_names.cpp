// Router.recentlyBlocked, Event.recentlyBlocked: what rules refused lately, by name, and what is decided of it now.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/blocked_names.hpp"

#include <algorithm>

#include "common/runtime/clock.hpp"
#include "server/api/connection.hpp"
#include "server/api/course.hpp"
#include "server/api/date_time.hpp"
#include "server/api/policy_now.hpp"
#include "server/api/policy_words.hpp"
#include "server/db/events.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_names = 100, most_minutes = 1'440;

struct Blocked {
    db::BlockedName row{};
    model::Decision now = model::Decision::Deny;
};

model::Decision decide_now(const policy::Engine& engine, const db::BlockedName& row) {
    const auto subject = anybody(engine);
    if (!row.name.empty()) return engine.decide_name(subject, row.name).decision;
    const auto address = parse_address(row.address);
    return address ? engine.decide_address(subject, *address, model::Transport::Any, 0).decision : model::Decision::Deny;
}

Task<Resolved> blocked(Call& call, const Arguments& arguments, std::string organisation, std::vector<std::string> routers) {
    if (auto checked = check_first(arguments, most_names); !checked) co_return std::unexpected{std::move(checked).error()};
    const auto minutes = arguments.get<int>("minutes");
    if (minutes < 1 || minutes > most_minutes) co_return graphql::field_error("`minutes` must be 1 to 1440.", "BAD_USER_INPUT");
    graphql::List list;
    if (routers.empty()) co_return Value{std::move(list)};
    const db::Tenant tenant{std::move(organisation)};
    // All routers of an event have one policy.
    auto decided = co_await db::policy(call.services.pool, tenant, routers.front());
    if (!decided) co_return std::unexpected{FieldError{std::move(decided).error()}};
    const auto now = co_await policy_at(call, *std::move(decided), wall_now());
    if (!now) co_return std::unexpected{FieldError{now.error()}};
    auto rows = co_await db::blocked_names(
        call.services.pool, tenant, {.routers = std::move(routers), .minutes = minutes, .first = arguments.get<int>("first")});
    if (!rows) co_return std::unexpected{FieldError{std::move(rows).error()}};
    for (auto& row : *rows) {
        const auto decision = decide_now((*now)->engine, row);
        list.emplace_back(Object::make(Blocked{.row = std::move(row), .now = decision}));
    }
    co_return Value{std::move(list)};
}

Task<Resolved> of_router(Call& call, const db::Router& router, const Arguments& arguments) {
    auto found = co_await blocked(call, arguments, router.organisation, {router.id});
    co_return found;
}

Task<Resolved> of_event(Call& call, const db::Event& event, const Arguments& arguments) {
    auto routers = co_await routers_of(call, event);
    if (!routers) co_return std::unexpected{FieldError{std::move(routers).error()}};
    auto found = co_await blocked(call, arguments, event.organisation, *std::move(routers));
    co_return found;
}

Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value::borrowed(text); }

}  // namespace

void add_blocked_names(graphql::Resolvers& resolvers) {
    resolvers.batch("Router", "recentlyBlocked", each<db::Router>(of_router));
    resolvers.batch("Event", "recentlyBlocked", each<db::Event>(of_event));
    resolvers.of<Blocked>("BlockedName")
        .field("name", [](const Blocked& blocked) { return text_or_null(blocked.row.name); })
        .field("address", [](const Blocked& blocked) { return text_or_null(blocked.row.address); })
        .field("deviceCount", [](const Blocked& blocked) { return Value{blocked.row.devices}; })
        .field("hits", [](const Blocked& blocked) { return Value{blocked.row.hits}; })
        .field("lastAt", [](const Blocked& blocked) { return to_date_time(blocked.row.last_at); })
        .field("layer",
               [](const Blocked& blocked) {
                   const auto layer = layer_of(blocked.row.layer);
                   return layer ? Value{*layer} : Value{};
               })
        .field("rule", [](const Blocked& blocked) { return Value::borrowed(blocked.row.rule); })
        .field("ruleCount", [](const Blocked& blocked) { return Value{blocked.row.rules}; })
        .field("decisionNow", [](const Blocked& blocked) { return Value{blocked.now}; });
}

}  // namespace vivi::api
