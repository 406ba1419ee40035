// Router.policyHits, Router.alarms.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/policy_reports.hpp"

#include "common/core/net.hpp"
#include "common/policy/verdict.hpp"
#include "server/api/call.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/json_value.hpp"
#include "server/api/page_info.hpp"
#include "server/api/policy_words.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr int most_rows = 1'000;
constexpr char hits_list = 'h', alarms_list = 'a';

struct Hits {
    db::HitQuery query{};
    db::HitPage page{};
};
struct Alarms {
    db::AlarmQuery query{};
    db::AlarmPage page{};
};

std::string cursor_of(const db::PolicyHitRow& hit) { return to_cursor(hits_list, {.at_ms = to_unix_ms(hit.at), .id = hit.id}); }
std::string cursor_of(const db::Alarm& alarm) { return to_cursor(alarms_list, {.id = alarm.id}); }

/// `first` and `after`, checked.
std::expected<std::optional<RowPlace>, FieldError> place_of(const Arguments& arguments, char list) {
    const auto first = arguments.get<int>("first");
    if (first < 1 || first > most_rows) return graphql::field_error("`first` must be 1 to 1000.", "BAD_USER_INPUT");
    const auto after = arguments.get<std::optional<std::string>>("after");
    if (!after) return std::optional<RowPlace>{};
    const auto place = parse_cursor(list, *after);
    if (!place) return graphql::field_error("`after` is not a cursor of this list.", "BAD_USER_INPUT");
    return place;
}

/// `of_device`: its MAC; empty: what the arguments say.
Task<Resolved> hits_in(Call& call, const db::Router& router, const Arguments& arguments, std::string of_device) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    if (!may(call, auth::Right::Personal, api::place_of(router)))
        co_return graphql::field_error("Your role may not see which device asked for what.", "FORBIDDEN");
    const auto place = place_of(arguments, hits_list);
    if (!place) co_return std::unexpected{place.error()};
    db::HitQuery query{
        .router = router.id, .first = arguments.get<int>("first"), .user = (*account)->user, .address = call.address};
    if (*place) {
        query.after_at = from_unix_ms((*place)->at_ms);
        query.after_id = (*place)->id;
    }
    if (!of_device.empty()) {
        query.mac = of_device;
    } else if (const auto mac = arguments.get<std::optional<std::string>>("mac")) {
        if (!parse_mac(*mac)) co_return graphql::field_error("`mac` is not a MAC address.", "BAD_USER_INPUT");
        query.mac = *mac;
    }
    auto page = co_await db::policy_hits(call.services.pool, {router.organisation}, query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Hits{.query = std::move(query), .page = *std::move(page)})};
}

Task<Resolved> hits_of(Call& call, const db::Router& router, const Arguments& arguments) {
    auto hits = co_await hits_in(call, router, arguments, {});
    co_return hits;
}

Task<std::vector<Resolved>> hits_of_devices(std::span<const Object> parents, const Arguments& arguments,
                                            graphql::Context& context) {
    auto& call = context.get<Call>();
    std::vector<Resolved> values;
    for (const auto& parent : parents) {
        const auto& device = parent.as<db::Device>();
        auto router = co_await db::router(call.services.pool, {device.organisation}, device.router);
        if (!router) {
            values.emplace_back(std::unexpected{FieldError{std::move(router).error()}});
            continue;
        }
        auto hits = co_await hits_in(call, *router, arguments, device.mac);
        values.push_back(std::move(hits));
    }
    co_return values;
}

Task<Resolved> alarms_of(Call& call, const db::Router& router, const Arguments& arguments) {
    const auto place = place_of(arguments, alarms_list);
    if (!place) co_return std::unexpected{place.error()};
    db::AlarmQuery query{.router = router.id, .first = arguments.get<int>("first"), .is_open = arguments.get<bool>("open")};
    if (*place) query.after = (*place)->id;
    auto page = co_await db::alarms(call.services.pool, {router.organisation}, query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Alarms{.query = std::move(query), .page = *std::move(page)})};
}

using OfRouter = Task<Resolved> (*)(Call&, const db::Router&, const Arguments&);
graphql::Batch each_router(OfRouter resolve) {
    return [resolve](std::span<const Object> parents, const Arguments& arguments,
                     graphql::Context& context) -> Task<std::vector<Resolved>> {
        std::vector<Resolved> values;
        for (const auto& parent : parents) {
            auto value = co_await resolve(context.get<Call>(), parent.as<db::Router>(), arguments);
            values.push_back(std::move(value));
        }
        co_return values;
    };
}

/// Edges, nodes and pageInfo of a connection over rows.
template <class Connection, class Row>
void add_connection(graphql::Resolvers& resolvers, const std::string& noun, bool (*has_previous)(const Connection&)) {
    resolvers.of<Connection>(noun + "Connection")
        .field("edges", [](const Connection& connection) { return borrowed_list(connection.page.rows); })
        .field("pageInfo", [has_previous](const Connection& connection) {
            const auto& page = connection.page;
            return Value{Object::make(
                page_info(page.rows, page.has_next, has_previous(connection), [](const Row& row) { return cursor_of(row); }))};
        });
    resolvers.of<Row>(noun + "Edge")
        .field("cursor", [](const Row& row) { return cursor_of(row); })
        .field("node", [](const Row& row) { return Value{Object::borrowed(row)}; });
}

Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value::borrowed(text); }

}  // namespace

void add_policy_reports(graphql::Resolvers& resolvers) {
    resolvers.batch("Router", "policyHits", each_router(hits_of));
    resolvers.batch("Device", "policyHits", hits_of_devices);
    resolvers.batch("Router", "alarms", each_router(alarms_of));
    add_connection<Hits, db::PolicyHitRow>(resolvers, "PolicyHit",
                                           [](const Hits& hits) { return hits.query.after_at.has_value(); });
    add_connection<Alarms, db::Alarm>(resolvers, "Alarm", [](const Alarms& alarms) { return alarms.query.after.has_value(); });
    resolvers.of<db::PolicyHitRow>("PolicyHit")
        .field("at", [](const db::PolicyHitRow& hit) { return to_date_time(hit.at); })
        .field("mac", [](const db::PolicyHitRow& hit) { return Value{hit.mac}; })
        .field("name", [](const db::PolicyHitRow& hit) { return text_or_null(hit.name); })
        .field("address", [](const db::PolicyHitRow& hit) { return text_or_null(hit.address); })
        .field("layer",
               [](const db::PolicyHitRow& hit) {
                   const auto layer = layer_of(hit.layer);
                   return layer ? Value{*layer} : Value{};
               })
        .field("rule", &db::PolicyHitRow::rule)
        .field("by", &db::PolicyHitRow::by)
        .field("hits", &db::PolicyHitRow::hits);
    resolvers.of<db::Alarm>("Alarm")
        .field("id", [](const db::Alarm& alarm) { return cursor_of(alarm); })
        .field("kind", &db::Alarm::kind)
        .field("subject", &db::Alarm::subject)
        .field("detail",
               [](const db::Alarm& alarm) {
                   const auto detail = model::parse_json(alarm.detail);
                   return detail ? to_value(*detail) : Value{};
               })
        .field("count", &db::Alarm::count)
        .field("at", [](const db::Alarm& alarm) { return to_date_time(alarm.at); })
        .field("lastAt", [](const db::Alarm& alarm) { return to_date_time(alarm.last_at); })
        .field("clearedAt",
               [](const db::Alarm& alarm) { return alarm.cleared_at ? Value{to_date_time(*alarm.cleared_at)} : Value{}; });
}

}  // namespace vivi::api
