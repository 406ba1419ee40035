// events, event, Event with its routers and its policy, Router.event.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/events.hpp"

#include "server/api/connection.hpp"
#include "server/api/course.hpp"
#include "server/api/date_time.hpp"
#include "server/api/ids.hpp"
#include "server/api/resolvers.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char events_list = 'e';
constexpr int most_events = 100;

struct Events {
    bool has_previous = false;
    db::EventPage page{};
};

std::string cursor_of(const db::Event& event) {
    return to_cursor(events_list, UuidPlace{.at_us = event.created_us, .id = event.id});
}

Task<Resolved> events(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto organisation = find_organisation(call, arguments.get<std::string>("organisationId"));
    if (!organisation) co_return graphql::field_error("No such organisation.", "NOT_FOUND");
    const auto place = uuid_place_of(arguments, events_list, most_events);
    if (!place) co_return std::unexpected{place.error()};
    db::EventQuery query{
        .only = only_events(call, *organisation), .first = arguments.get<int>("first"), .is_open = arguments.get<bool>("open")};
    if (*place) {
        query.after_us = (*place)->at_us;
        query.after_id = (*place)->id;
    }
    auto page = co_await db::events(call.services.pool, *organisation, query);
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Events{.has_previous = place->has_value(), .page = *std::move(page)})};
}

Task<Resolved> event(const Arguments& arguments, Call& call) {
    auto found = co_await find_event(call, arguments.get<std::string>("id"));
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return Value{};
    co_return Value{Object::make((*std::move(found))->event)};
}

Task<Resolved> event_of(Call& call, const db::Router& router, const Arguments&) {
    if (router.event.empty()) co_return Value{};
    auto found = co_await db::event(call.services.pool, {router.organisation}, router.event);
    if (!found && found.error().code == Code::NotFound) co_return Value{};
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    co_return Value{Object::make(*std::move(found))};
}

Task<Resolved> policy_of(Call& call, const db::Event& event, const Arguments&) {
    auto policy = co_await db::event_policy(call.services.pool, {event.organisation}, event.id);
    if (!policy) co_return std::unexpected{FieldError{std::move(policy).error()}};
    co_return Value{Object::make(*std::move(policy))};
}

Task<Resolved> routers_of(Call& call, const db::Event& event, const Arguments&) {
    auto found = co_await db::routers(call.services.pool, {event.organisation});
    if (!found) co_return std::unexpected{FieldError{std::move(found).error()}};
    graphql::List list;
    for (auto& router : *found) {
        if (router.event == event.id) list.emplace_back(Object::make(std::move(router)));
    }
    co_return Value{std::move(list)};
}

Value moment(const std::optional<WallTime>& at) { return at ? Value{to_date_time(*at)} : Value{}; }

}  // namespace

auth::Place place_of(const db::Event& event) { return {.organisation = event.organisation, .event = event.id}; }

UserError no_such_event() { return {.code = "NOT_FOUND", .message = "There is no such event.", .field = "eventId"}; }
UserError event_is_closed() { return {.code = "CLOSED", .message = "The event is closed.", .field = "eventId"}; }

db::Actor actor_of(const Call& call) { return {.user = call.account->user, .address = call.address}; }

std::optional<std::string> only_events(const Call& call, const db::Tenant& tenant) {
    std::string only;
    for (const auto& place : auth::places(*call.account, auth::Right::See)) {
        if (place.organisation != tenant.organisation) continue;
        if (place.event.empty()) return std::nullopt;
        only += (only.empty() ? "" : ",") + place.event;
    }
    return only;
}

Task<> announce_all(Call& call, std::vector<db::NewRevision> revisions) {
    for (auto& one : revisions)
        co_await announce(call, {.router = std::move(one.router),
                                 .organisation = std::move(one.organisation),
                                 .desired_revision = one.desired_revision,
                                 .revision = one.revision});
}

Task<std::expected<std::optional<FoundEvent>, FieldError>> find_event(Call& call, std::string id) {
    using Found = std::optional<FoundEvent>;
    if (const auto account = signed_in(call); !account) co_return std::unexpected{account.error()};
    const auto uuid = parse_id("Event", id);
    if (!uuid) co_return Found{};
    const auto all = tenants(call, auth::Right::See);  // A copy: see find_router().
    for (const auto& tenant : all) {
        auto event = co_await db::event(call.services.pool, tenant, *uuid);
        if (!event && event.error().code == Code::NotFound) continue;
        if (!event) co_return std::unexpected{FieldError{std::move(event).error()}};
        if (!may(call, auth::Right::See, place_of(*event))) co_return Found{};
        co_return Found{FoundEvent{.tenant = tenant, .event = *std::move(event)}};
    }
    co_return Found{};
}

Task<std::expected<std::expected<FoundEvent, UserError>, FieldError>> managed_event(Call& call, std::string id) {
    using Managed = std::expected<FoundEvent, UserError>;
    auto found = co_await find_event(call, std::move(id));
    if (!found) co_return std::unexpected{std::move(found).error()};
    if (!*found) co_return Managed{std::unexpected{no_such_event()}};
    if (!may(call, auth::Right::Manage, place_of((*found)->event)))
        co_return Managed{
            std::unexpected{UserError{.code = "FORBIDDEN", .message = "Your role may not change events.", .field = {}}}};
    if ((*found)->event.closed_at) co_return Managed{std::unexpected{event_is_closed()}};
    co_return Managed{**std::move(found)};
}

Task<std::expected<std::vector<std::string>, FieldError>> routers_of(Call& call, const db::Event& event) {
    const auto all = co_await db::routers(call.services.pool, {event.organisation});
    if (!all) co_return std::unexpected{FieldError{all.error()}};
    std::vector<std::string> routers;
    for (const auto& router : *all)
        if (router.event == event.id) routers.push_back(router.id);
    co_return routers;
}

void add_events(graphql::Resolvers& resolvers) {
    resolvers.batch("Query", "events", root(events));
    resolvers.batch("Query", "event", root(event));
    resolvers.batch("Router", "event", each<db::Router>(event_of));
    resolvers.batch("Event", "policy", each<db::Event>(policy_of));
    resolvers.batch("Event", "routers", each<db::Event>(routers_of));
    add_connection<Events, db::Event>(resolvers, "Event", cursor_of);
    resolvers.of<model::Phase>("EventPhase")
        .field("name", &model::Phase::name)
        .field("startsAt", [](const model::Phase& phase) { return to_date_time(phase.from); })
        .field("endsAt", [](const model::Phase& phase) { return to_date_time(phase.to); });
    resolvers.of<db::Event>("Event")
        .field("id", [](const db::Event& event) { return to_id("Event", event.id); })
        .field("name", &db::Event::name)
        .field("template", [](const db::Event& event) { return Value{to_enum_name(event.kind)}; })
        .field("guests", &db::Event::guests)
        .field("timeZone", &db::Event::time_zone)
        .field("startsAt", [](const db::Event& event) { return moment(event.starts_at); })
        .field("endsAt", [](const db::Event& event) { return moment(event.ends_at); })
        .field("createdAt", [](const db::Event& event) { return to_date_time(from_unix_ms(event.created_us / 1'000)); })
        .field("closedAt", [](const db::Event& event) { return moment(event.closed_at); })
        .field("phases", [](const db::Event& event) { return borrowed_list(event.phases); })
        .field("routerCount", &db::Event::router_count);
}

}  // namespace vivi::api
