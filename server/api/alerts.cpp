// alerts, alertCounts, acknowledgeAlert: alarms of all routers that the caller may see, and who looks after them.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/alerts.hpp"

#include <algorithm>
#include <map>

#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/events.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_alerts = 500;

struct Alerts {
    bool has_previous = false;
    db::AlarmPage page{};
};
struct AcknowledgeAlertPayload {
    std::optional<db::Alarm> alert{};
    std::vector<UserError> errors{};
};

std::string cursor_of(const db::Alarm& alarm) { return to_cursor(alarms_list, RowPlace{.id = alarm.id}); }

/// The filter of the arguments; nothing when it names a router that the caller may not see: there are no such alarms.
Task<std::expected<std::optional<db::AlertFilter>, FieldError>> filter_of(Call& call, const Arguments& arguments) {
    db::AlertFilter filter{.kind = arguments.get<std::optional<std::string>>("kind").value_or(""),
                           .is_open = arguments.get<bool>("open"),
                           .is_unacknowledged = arguments.get<bool>("unacknowledged")};
    const auto router_id = arguments.get<std::optional<std::string>>("routerId");
    if (router_id) {
        const auto found = co_await find_router(call, *router_id);
        if (!found) co_return std::unexpected{found.error()};
        if (!*found) co_return std::optional<db::AlertFilter>{};
        filter.router = (*found)->router.id;
    }
    co_return std::optional{std::move(filter)};
}

Task<Resolved> alerts(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto place = row_place_of(arguments, alarms_list, most_alerts);
    if (!place) co_return std::unexpected{place.error()};
    const auto filter = co_await filter_of(call, arguments);
    if (!filter) co_return std::unexpected{filter.error()};
    Alerts all{.has_previous = place->has_value()};
    if (!*filter) co_return Value{Object::make(std::move(all))};
    db::AlertQuery query{.filter = **filter, .first = arguments.get<int>("first")};
    if (*place) query.after = (*place)->id;
    const auto places = tenants(call, auth::Right::See);
    for (const auto& tenant : places) {
        query.filter.only = only_events(call, tenant);
        auto page = co_await db::alerts(call.services.pool, tenant, query);
        if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
        all.page.has_next = all.page.has_next || page->has_next;
        std::ranges::move(page->rows, std::back_inserter(all.page.rows));
    }
    // Ids rise over all organisations, so that the newest of each are the newest of all.
    std::ranges::sort(all.page.rows, std::greater{}, &db::Alarm::id);
    if (all.page.rows.size() > static_cast<std::size_t>(query.first)) {
        all.page.rows.resize(static_cast<std::size_t>(query.first));
        all.page.has_next = true;
    }
    co_return Value{Object::make(std::move(all))};
}

Task<Resolved> alert_counts(const Arguments&, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    std::map<std::string, db::AlertCount> by_kind;
    const auto places = tenants(call, auth::Right::See);
    for (const auto& tenant : places) {
        const auto counts = co_await db::count_alerts(call.services.pool, tenant, only_events(call, tenant));
        if (!counts) co_return std::unexpected{FieldError{counts.error()}};
        for (const auto& count : *counts) {
            auto& sum = by_kind[count.kind];
            sum.kind = count.kind;
            sum.open += count.open;
            sum.unacknowledged += count.unacknowledged;
        }
    }
    graphql::List list;
    for (auto& [kind, count] : by_kind) list.emplace_back(Object::make(std::move(count)));
    co_return Value{std::move(list)};
}

Value refused(UserError error) {
    AcknowledgeAlertPayload payload;
    payload.errors.push_back(std::move(error));
    return Object::make(std::move(payload));
}
Value no_such_alert() { return refused({.code = "NOT_FOUND", .message = "There is no such alert.", .field = "alertId"}); }

Task<Resolved> acknowledge_alert(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto place = parse_cursor(alarms_list, arguments["input"].fields()["alertId"].text());
    if (!place) co_return no_such_alert();
    const auto found = co_await find_alarm(call, place->id);
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return no_such_alert();
    const auto& [tenant, alarm] = **found;
    if (!may(call, auth::Right::Operate, {.organisation = tenant.organisation, .event = alarm.event}))
        co_return refused({.code = "FORBIDDEN", .message = "Your role may not acknowledge alerts.", .field = {}});
    auto acknowledged = co_await db::acknowledge_alarm(call.services.pool, tenant, alarm.id, actor_of(call));
    if (!acknowledged && acknowledged.error().code == Code::NotFound) co_return no_such_alert();
    if (!acknowledged) co_return std::unexpected{FieldError{std::move(acknowledged).error()}};
    co_return Value{Object::make(AcknowledgeAlertPayload{.alert = *std::move(acknowledged)})};
}

Task<Resolved> router_of(Call& call, const db::Alarm& alarm, const Arguments&) {
    auto router = co_await db::router(call.services.pool, {alarm.organisation}, alarm.router);
    if (!router && router.error().code == Code::NotFound) co_return Value{};
    if (!router) co_return std::unexpected{FieldError{std::move(router).error()}};
    co_return Value{Object::make(*std::move(router))};
}

}  // namespace

Task<std::expected<std::optional<FoundAlarm>, FieldError>> find_alarm(Call& call, std::int64_t id) {
    const auto places = tenants(call, auth::Right::See);
    for (const auto& tenant : places) {
        auto alarm = co_await db::alarm(call.services.pool, tenant, id);
        if (!alarm && alarm.error().code == Code::NotFound) continue;
        if (!alarm) co_return std::unexpected{FieldError{std::move(alarm).error()}};
        if (!may(call, auth::Right::See, {.organisation = tenant.organisation, .event = alarm->event})) break;
        co_return std::optional{FoundAlarm{.tenant = tenant, .alarm = *std::move(alarm)}};
    }
    co_return std::optional<FoundAlarm>{};
}

void add_alerts(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "alerts", root(alerts));
    resolvers.batch("Query", "alertCounts", root(alert_counts));
    resolvers.batch("Mutation", "acknowledgeAlert", root(acknowledge_alert));
    resolvers.batch("Alarm", "router", each<db::Alarm>(router_of));
    resolvers.of<Alerts>("AlertConnection")
        .field("edges", [](const Alerts& all) { return borrowed_list(all.page.rows); })
        .field("pageInfo", [](const Alerts& all) {
            return Value{Object::make(page_info(all.page.rows, all.page.has_next, all.has_previous, cursor_of))};
        });
    resolvers.of<db::Alarm>("Alarm")
        .field(
            "acknowledgedAt",
            [](const db::Alarm& alarm) { return alarm.acknowledged_at ? Value{to_date_time(*alarm.acknowledged_at)} : Value{}; })
        .field("acknowledgedBy",
               [](const db::Alarm& alarm) { return alarm.acknowledged_at ? Value::borrowed(alarm.acknowledged_by) : Value{}; });
    resolvers.of<db::AlertCount>("AlertCount")
        .field("kind", &db::AlertCount::kind)
        .field("open", &db::AlertCount::open)
        .field("unacknowledged", &db::AlertCount::unacknowledged);
    resolvers.of<AcknowledgeAlertPayload>("AcknowledgeAlertPayload")
        .field("alert", [](const AcknowledgeAlertPayload& payload) { return borrowed_or_null(payload.alert); })
        .field("errors", [](const AcknowledgeAlertPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
