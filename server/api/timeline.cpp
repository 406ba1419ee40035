// Event.timeline, Event.counts, addEventNote: the course of an event.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/timeline.hpp"

#include "common/runtime/clock.hpp"
#include "server/api/connection.hpp"
#include "server/api/course.hpp"
#include "server/api/date_time.hpp"
#include "server/api/events.hpp"
#include "server/api/json_value.hpp"
#include "server/api/refused.hpp"

namespace vivi::api {
namespace {

using graphql::Arguments;
using graphql::FieldError;
using graphql::Object;
using graphql::Resolved;
using graphql::Value;

constexpr char timeline_list = 't';
constexpr int most_entries = 200;
constexpr std::size_t most_characters = 500;

struct Timeline {
    bool has_previous = false;
    db::TimelinePage page{};
};
struct NotePayload {
    std::optional<db::TimelineEntry> entry{};
    std::vector<UserError> errors{};
};

std::string cursor_of(const db::TimelineEntry& entry) {
    return to_cursor(timeline_list, UuidPlace{.at_us = entry.at_us, .id = entry.id});
}

Task<Resolved> timeline_of(Call& call, const db::Event& event, const Arguments& arguments) {
    const auto place = uuid_place_of(arguments, timeline_list, most_entries);
    if (!place) co_return std::unexpected{place.error()};
    db::TimelineQuery query{.event = event.id, .first = arguments.get<int>("first")};
    if (*place) {
        query.after_us = (*place)->at_us;
        query.after_id = (*place)->id;
    }
    auto page = co_await db::timeline(call.services.pool, {event.organisation}, std::move(query));
    if (!page) co_return std::unexpected{FieldError{std::move(page).error()}};
    co_return Value{Object::make(Timeline{.has_previous = place->has_value(), .page = *std::move(page)})};
}

Task<Resolved> counts_of(Call& call, const db::Event& event, const Arguments&) {
    auto counts = co_await db::event_counts(call.services.pool, {event.organisation}, event.id);
    if (!counts) co_return std::unexpected{FieldError{std::move(counts).error()}};
    co_return Value{Object::make(*std::move(counts))};
}

/// In characters of UTF-8, as the database counts them.
std::size_t length(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
    return count;
}

Task<Resolved> add_note(const Arguments& arguments, Call& call) {
    const auto& input = arguments["input"].fields();
    const auto found = co_await find_event(call, std::string{input["eventId"].text()});
    if (!found) co_return std::unexpected{found.error()};
    if (!*found) co_return refused<NotePayload>(no_such_event());
    if (auto allowed = require(call, auth::Right::Operate, place_of((*found)->event)); !allowed)
        co_return std::unexpected{std::move(allowed).error()};
    const auto text = input["text"].text();
    if (text.empty() || length(text) > most_characters || text.find('\0') != std::string_view::npos)
        co_return refused<NotePayload>({.code = "INVALID", .message = "A note has 1 to 500 characters.", .field = "text"});
    db::EventNote note{.event = (*found)->event.id, .text = std::string{text}, .by = actor_of(call)};
    if (const auto& at = input["at"]; !at.is_null()) note.at = parse_date_time(at.text());
    if (note.at && *note.at > wall_now())
        co_return refused<NotePayload>({.code = "INVALID", .message = "A note is about what was.", .field = "at"});
    auto added = co_await db::add_event_note(call.services.pool, (*found)->tenant, std::move(note));
    if (!added && added.error().code == Code::NotFound) co_return refused<NotePayload>(no_such_event());
    if (!added) co_return std::unexpected{FieldError{std::move(added).error()}};
    co_return Value{Object::make(NotePayload{.entry = *std::move(added)})};
}

Value json_of(const std::string& text) {
    const auto json = model::parse_json(text);
    return json ? to_value(*json) : Value{};
}

Value text_or_null(const std::string& text) { return text.empty() ? Value{} : Value::borrowed(text); }

}  // namespace

void add_timeline(graphql::Resolvers& resolvers) {
    resolvers.batch("Event", "timeline", each<db::Event>(timeline_of));
    resolvers.batch("Event", "counts", each<db::Event>(counts_of));
    resolvers.batch("Mutation", "addEventNote", root(add_note));
    add_connection<Timeline, db::TimelineEntry>(resolvers, "Timeline", cursor_of);
    resolvers.of<db::TimelineEntry>("TimelineEntry")
        .field("id", [](const db::TimelineEntry& entry) { return cursor_of(entry); })
        .field("at", [](const db::TimelineEntry& entry) { return to_date_time(from_unix_ms(entry.at_us / 1'000)); })
        .field("until", [](const db::TimelineEntry& entry) { return entry.until ? Value{to_date_time(*entry.until)} : Value{}; })
        .field("kind", [](const db::TimelineEntry& entry) { return Value{to_enum_name(entry.kind)}; })
        .field("what", &db::TimelineEntry::what)
        .field("text", &db::TimelineEntry::text)
        .field("detail", [](const db::TimelineEntry& entry) { return json_of(entry.detail); })
        .field("author", [](const db::TimelineEntry& entry) { return text_or_null(entry.author); })
        .field("routerId", [](const db::TimelineEntry& entry) {
            return entry.router.empty() ? Value{} : Value{to_id("Router", entry.router)};
        });
    resolvers.of<NotePayload>("EventNotePayload")
        .field("entry", [](const NotePayload& payload) { return borrowed_or_null(payload.entry); })
        .field("errors", [](const NotePayload& payload) { return borrowed_list(payload.errors); });
    resolvers.of<db::EventCounts>("EventCounts")
        .field("devices", &db::EventCounts::devices)
        .field("devicesOnline", &db::EventCounts::devices_online)
        .field("devicesBanned", &db::EventCounts::devices_banned)
        .field("routersOnline", &db::EventCounts::routers_online)
        .field("openAlarms", &db::EventCounts::open_alarms)
        .field("rateUp", &db::EventCounts::rate_up)
        .field("rateDown", &db::EventCounts::rate_down)
        .field("peakDevices", &db::EventCounts::peak_devices)
        .field("peakAt",
               [](const db::EventCounts& counts) { return counts.peak_at ? Value{to_date_time(*counts.peak_at)} : Value{}; })
        .field("bytesUp", &db::EventCounts::bytes_up)
        .field("bytesDown", &db::EventCounts::bytes_down);
}

}  // namespace vivi::api
