// createEvent, updateEvent, setPhases, closeEvent, setEventPolicy, assignRouter.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/configuration.hpp"
#include "server/api/catalogues.hpp"
#include "server/api/connection.hpp"
#include "server/api/date_time.hpp"
#include "server/api/deciding.hpp"
#include "server/api/events.hpp"
#include "server/api/json_value.hpp"
#include "server/api/refused.hpp"
#include "server/api/resolvers.hpp"
#include "server/db/gathered.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr std::size_t most_name_bytes = 100, most_phases = 50, most_phase_name = 63;
constexpr std::int64_t most_guests = 100'000;

struct EventPayload {
    std::optional<db::Event> event{};
    std::vector<UserError> errors{};
};
struct EventPolicyPayload {
    std::optional<db::Event> event{};
    std::optional<db::RouterPolicy> policy{};
    std::vector<PolicyError> errors{};
};
struct AssignRouterPayload {
    std::optional<db::Router> router{};
    std::vector<model::Change> changes{};
    std::vector<UserError> errors{};
};

std::optional<WallTime> moment(const Value& value) { return value.is_null() ? std::nullopt : parse_date_time(value.text()); }

/// What the input says over what was; nothing was checked yet.
db::EventDraft draft_of(const graphql::Fields& input, db::EventDraft draft) {
    if (const auto& name = input["name"]; !name.is_null()) draft.name = std::string{name.text()};
    if (const auto& kind = input["template"]; !kind.is_null()) draft.kind = from_enum_name(kind.text());
    if (const auto& guests = input["guests"]; !guests.is_null()) draft.guests = static_cast<int>(guests.integer());
    if (const auto& zone = input["timeZone"]; !zone.is_null()) draft.time_zone = std::string{zone.text()};
    if (input.has("startsAt")) draft.starts_at = moment(input["startsAt"]);
    if (input.has("endsAt")) draft.ends_at = moment(input["endsAt"]);
    return draft;
}

std::vector<UserError> problems_of(const Call& call, const db::EventDraft& draft) {
    std::vector<UserError> problems;
    if (draft.name.empty() || draft.name.size() > most_name_bytes || db::clean(draft.name, most_name_bytes) != draft.name)
        problems.push_back({.code = "INVALID", .message = "A name has 1 to 100 bytes.", .field = "name"});
    if (draft.guests < 1 || draft.guests > most_guests)
        problems.push_back({.code = "INVALID", .message = "Guests must be 1 to 100000.", .field = "guests"});
    if (!call.services.catalogues.zone(draft.time_zone))
        problems.push_back(
            {.code = "INVALID", .message = "There is no such time zone; it is a name like Europe/Paris.", .field = "timeZone"});
    if (draft.starts_at && draft.ends_at && *draft.ends_at <= *draft.starts_at)
        problems.push_back({.code = "INVALID", .message = "It must end after it begins.", .field = "endsAt"});
    return problems;
}

Task<Resolved> create_event(const Arguments& arguments, Call& call) {
    const auto account = signed_in(call);
    if (!account) co_return std::unexpected{account.error()};
    const auto& input = arguments["input"].fields();
    const auto organisation = find_organisation(call, input["organisationId"].text());
    if (!organisation)
        co_return refused<EventPayload>(
            UserError{.code = "NOT_FOUND", .message = "There is no such organisation.", .field = "organisationId"});
    if (!may(call, auth::Right::Manage, {.organisation = organisation->organisation, .event = {}}))
        co_return refused<EventPayload>(UserError{.code = "FORBIDDEN", .message = "Your role may not make events.", .field = {}});
    const auto draft = draft_of(input, {});
    EventPayload payload{.errors = problems_of(call, draft)};
    if (payload.errors.empty()) {
        auto made = co_await db::create_event(call.services.pool, *organisation, draft, actor_of(call));
        if (!made) co_return std::unexpected{FieldError{std::move(made).error()}};
        payload.event = *std::move(made);
    }
    co_return Value{Object::make(std::move(payload))};
}

/// The event as it is now.
Task<std::expected<EventPayload, FieldError>> event_again(Call& call, db::Tenant tenant, std::string id) {
    auto event = co_await db::event(call.services.pool, std::move(tenant), std::move(id));
    if (!event) co_return std::unexpected{FieldError{std::move(event).error()}};
    co_return EventPayload{.event = *std::move(event)};
}

/// A change of what the event's policy says about time: everybody's routers are told at once. Empty: done.
Task<std::expected<std::vector<PolicyError>, FieldError>> edit_frame(Call& call, std::string event_id, std::string action,
                                                                     std::function<model::Problems(model::Policy&)> edit) {
    Deciding deciding{.event_id = std::move(event_id)};
    deciding.edit.is_frame = true;
    deciding.edit.action = std::move(action);
    deciding.edit.edit = std::move(edit);
    auto decided = co_await decide(call, std::move(deciding));
    if (!decided) co_return std::unexpected{std::move(decided).error()};
    if (!*decided) co_return std::vector<PolicyError>{std::move(*decided).error()};
    co_return errors_of(**decided);
}

std::vector<UserError> to_user_errors(const std::vector<PolicyError>& errors) {
    std::vector<UserError> all;
    for (const auto& error : errors) all.push_back({.code = error.code, .message = error.message, .field = error.path});
    return all;
}

Task<Resolved> update_event(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    const std::string event_id{input["eventId"].text()};
    auto managed = co_await managed_event(call, event_id);
    if (!managed) co_return std::unexpected{std::move(managed).error()};
    if (!*managed) co_return refused<EventPayload>(std::move(*managed).error());
    const auto& [tenant, event] = **managed;
    const auto draft = draft_of(input, {.name = event.name,
                                        .kind = event.kind,
                                        .guests = event.guests,
                                        .time_zone = event.time_zone,
                                        .starts_at = event.starts_at,
                                        .ends_at = event.ends_at});
    EventPayload payload{.errors = problems_of(call, draft)};
    if (payload.errors.empty() && draft.time_zone != event.time_zone) {
        auto problems = co_await edit_frame(call, event_id, "event.time_zone", [zone = draft.time_zone](model::Policy& policy) {
            policy.time_zone = zone;
            return model::Problems{};
        });
        if (!problems) co_return std::unexpected{std::move(problems).error()};
        payload.errors = to_user_errors(*problems);
    }
    if (payload.errors.empty()) {
        auto updated = co_await db::update_event(call.services.pool, tenant, event.id, draft, actor_of(call));
        if (!updated && updated.error().code == Code::Denied) co_return refused<EventPayload>(event_is_closed());
        if (!updated) co_return std::unexpected{FieldError{std::move(updated).error()}};
        payload.event = *std::move(updated);
    }
    co_return Value{Object::make(std::move(payload))};
}

std::expected<std::vector<model::Phase>, UserError> phases_of(const graphql::List& list) {
    const auto bad = [](std::size_t at, std::string message) {
        return std::unexpected{
            UserError{.code = "INVALID", .message = std::move(message), .field = "phases/" + std::to_string(at)}};
    };
    std::vector<model::Phase> phases;
    if (list.size() > most_phases) return bad(most_phases, "An event has at most 50 phases.");
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto& input = list[i].fields();
        const auto from = moment(input["startsAt"]), to = moment(input["endsAt"]);
        model::Phase phase{
            .name = std::string{input["name"].text()}, .from = from.value_or(WallTime{}), .to = to.value_or(WallTime{})};
        if (phase.name.empty() || phase.name.size() > most_phase_name) return bad(i, "A name has 1 to 63 bytes.");
        if (phase.to <= phase.from) return bad(i, "It must end after it begins.");
        if (std::ranges::find(phases, phase.name, &model::Phase::name) != phases.end())
            return bad(i, "There are two of that name.");
        phases.push_back(std::move(phase));
    }
    std::ranges::sort(phases, {}, [](const model::Phase& phase) { return std::pair{phase.from, phase.name}; });
    return phases;
}

Task<Resolved> set_phases(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    const std::string event_id{input["eventId"].text()};
    auto managed = co_await managed_event(call, event_id);
    if (!managed) co_return std::unexpected{std::move(managed).error()};
    if (!*managed) co_return refused<EventPayload>(std::move(*managed).error());
    auto phases = phases_of(input["phases"].list());
    if (!phases) co_return refused<EventPayload>(std::move(phases).error());
    auto problems = co_await edit_frame(call, event_id, "event.phases", [phases = *std::move(phases)](model::Policy& policy) {
        policy.phases = phases;
        return model::Problems{};
    });
    if (!problems) co_return std::unexpected{std::move(problems).error()};
    auto payload = co_await event_again(call, (*managed)->tenant, (*managed)->event.id);
    if (!payload) co_return std::unexpected{std::move(payload).error()};
    payload->errors = to_user_errors(*problems);
    co_return Value{Object::make(*std::move(payload))};
}

Task<Resolved> close_event(const Arguments& arguments, Call& call) {
    auto managed = co_await managed_event(call, std::string{arguments["input"].fields()["eventId"].text()});
    if (!managed) co_return std::unexpected{std::move(managed).error()};
    if (!*managed) co_return refused<EventPayload>(std::move(*managed).error());
    auto closed = co_await db::close_event(call.services.pool, (*managed)->tenant, (*managed)->event.id, actor_of(call));
    if (!closed) co_return std::unexpected{FieldError{std::move(closed).error()}};
    co_return Value{Object::make(EventPayload{.event = *std::move(closed)})};
}

Task<Resolved> set_event_policy(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auto document = to_json(input["document"], model::max_configuration_bytes);
    if (!document)
        co_return refused<EventPolicyPayload>(PolicyError{.code = "INVALID", .message = document.error().detail, .path = ""});
    Deciding deciding{.event_id = std::string{input["eventId"].text()}};
    deciding.edit.base_revision = input["baseRevision"].integer();
    deciding.edit.edit = db::replacement(*std::move(document), db::Frame::Stays);
    deciding.edit.action = "event.policy";
    const auto event_id = deciding.event_id;
    auto decided = co_await decide(call, std::move(deciding));
    if (!decided) co_return std::unexpected{std::move(decided).error()};
    if (!*decided) co_return refused<EventPolicyPayload>(std::move(*decided).error());
    EventPolicyPayload payload{.policy = (**decided).after, .errors = errors_of(**decided)};
    auto event = co_await find_event(call, event_id);
    if (!event) co_return std::unexpected{std::move(event).error()};
    if (*event) payload.event = (*std::move(event))->event;
    co_return Value{Object::make(std::move(payload))};
}

/// The uuid of the event to join (empty: none), open and the caller's to manage.
Task<std::expected<std::expected<std::string, UserError>, FieldError>> event_to_join(Call& call, const Value& id) {
    using Joined = std::expected<std::string, UserError>;
    if (id.is_null()) co_return Joined{std::string{}};
    auto managed = co_await managed_event(call, std::string{id.text()});
    if (!managed) co_return std::unexpected{std::move(managed).error()};
    if (!*managed) co_return Joined{std::unexpected{std::move(*managed).error()}};
    co_return Joined{(*std::move(*managed)).event.id};
}

Task<Resolved> assign_router(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    auto router = co_await find_router(call, std::string{input["routerId"].text()});
    if (!router) co_return std::unexpected{std::move(router).error()};
    const UserError no_such_router{.code = "NOT_FOUND", .message = "There is no such router.", .field = "routerId"};
    if (!*router) co_return refused<AssignRouterPayload>(no_such_router);
    if (!may(call, auth::Right::Manage, place_of((*router)->router)))
        co_return refused<AssignRouterPayload>(
            UserError{.code = "FORBIDDEN", .message = "Your role may not assign routers.", .field = {}});
    auto event = co_await event_to_join(call, input["eventId"]);
    if (!event) co_return std::unexpected{std::move(event).error()};
    if (!*event) co_return refused<AssignRouterPayload>(std::move(*event).error());
    const auto& [tenant, found] = **router;
    auto assigned = co_await db::assign_router(call.services.pool, tenant,
                                               {.router = found.id,
                                                .event = **event,
                                                .actor = actor_of(call),
                                                .never_blocked = call.services.public_names,
                                                .is_trial = input["dryRun"].boolean()});
    // The event was found above in a tenant of the caller: not there now means that it is another organisation's than the
    // router's.
    if (!assigned && assigned.error().code == Code::NotFound) co_return refused<AssignRouterPayload>(no_such_event());
    if (!assigned && assigned.error().code == Code::Denied) co_return refused<AssignRouterPayload>(event_is_closed());
    if (!assigned) co_return std::unexpected{FieldError{std::move(assigned).error()}};
    if (assigned->outcome == db::Assigned::Outcome::Refused)
        co_return refused<AssignRouterPayload>(UserError{.code = "INVALID", .message = assigned->problem, .field = "eventId"});
    co_await announce_all(call, assigned->routers);
    auto after = co_await db::router(call.services.pool, tenant, found.id);
    if (!after) co_return std::unexpected{FieldError{std::move(after).error()}};
    co_return Value{Object::make(AssignRouterPayload{.router = *std::move(after), .changes = std::move(assigned->changes)})};
}

}  // namespace

void add_event_edits(graphql::Resolvers& resolvers) {
    resolvers.batch("Mutation", "createEvent", root(create_event));
    resolvers.batch("Mutation", "updateEvent", root(update_event));
    resolvers.batch("Mutation", "setPhases", root(set_phases));
    resolvers.batch("Mutation", "closeEvent", root(close_event));
    resolvers.batch("Mutation", "setEventPolicy", root(set_event_policy));
    resolvers.batch("Mutation", "assignRouter", root(assign_router));
    resolvers.of<EventPayload>("EventPayload")
        .field("event", [](const EventPayload& payload) { return borrowed_or_null(payload.event); })
        .field("errors", [](const EventPayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<EventPolicyPayload>("EventPolicyPayload")
        .field("event", [](const EventPolicyPayload& payload) { return borrowed_or_null(payload.event); })
        .field("policy", [](const EventPolicyPayload& payload) { return borrowed_or_null(payload.policy); })
        .field("errors", [](const EventPolicyPayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<AssignRouterPayload>("AssignRouterPayload")
        .field("router", [](const AssignRouterPayload& payload) { return borrowed_or_null(payload.router); })
        .field("changes", [](const AssignRouterPayload& payload) { return borrowed_list(payload.changes); })
        .field("errors", [](const AssignRouterPayload& payload) { return borrowed_list(payload.errors); });
}

}  // namespace vivi::api
