// SQL of events and their phases.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/events.hpp"

#include <algorithm>

#include "server/db/arrays.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

std::string event_query(std::string_view condition) {
    return "select id::text, organisation_id::text, name, template, guests, time_zone, " + unix_ms("starts_at") + ", " +
           unix_ms("ends_at") + ", policy_revision, (extract(epoch from created_at) * 1000000)::bigint, " + unix_ms("closed_at") +
           ", (select count(*) from routers where routers.event_id = events.id and routers.state = 'accepted')"
           " from events where organisation_id = current_organisation()" +
           std::string{condition};
}

std::optional<WallTime> moment(const pqxx::field& field) {
    if (field.is_null()) return std::nullopt;
    return from_unix_ms(field.as<std::int64_t>());
}

Event to_event(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .organisation = row[1].as<std::string>(),
            .name = row[2].as<std::string>(),
            .kind = row[3].as<std::string>(),
            .guests = row[4].as<int>(),
            .time_zone = row[5].as<std::string>(),
            .starts_at = moment(row[6]),
            .ends_at = moment(row[7]),
            .policy_revision = row[8].as<std::int64_t>(),
            .created_us = row[9].as<std::int64_t>(),
            .closed_at = moment(row[10]),
            .router_count = row[11].as<std::int64_t>()};
}

/// Reads the phases of all of them at once.
void add_phases(Transaction& transaction, std::vector<Event>& events) {
    ArrayLiteral ids;
    for (const auto& event : events) ids.add(event.id);
    const auto sql = "select event_id::text, name, " + unix_ms("starts_at") + ", " + unix_ms("ends_at") +
                     " from event_phases where event_id = any($1::uuid[]) and organisation_id = current_organisation()"
                     " order by starts_at, name";
    for (const auto& row : transaction.run(sql, ids.text())) {
        const auto event = std::ranges::find(events, row[0].as<std::string>(), &Event::id);
        event->phases.push_back({.name = row[1].as<std::string>(),
                                 .from = from_unix_ms(row[2].as<std::int64_t>()),
                                 .to = from_unix_ms(row[3].as<std::int64_t>())});
    }
}

Result<Event> load(Transaction& transaction, const std::string& id) {
    const auto rows = transaction.run(event_query(" and id = $1"), id);
    if (rows.empty()) return failed(Code::NotFound, "no such event");
    std::vector<Event> one{to_event(rows[0])};
    add_phases(transaction, one);
    return std::move(one.front());
}

std::int64_t ms_or_nothing(const std::optional<WallTime>& at) { return at ? to_unix_ms(*at) : std::int64_t{-1}; }
std::string moment_of(std::string_view parameter) {
    return "case when " + std::string{parameter} + "::bigint < 0 then null else " + instant_of(parameter) + " end";
}

std::string detail_of(const EventDraft& draft) {
    const model::Json detail{{"name", draft.name}, {"template", draft.kind}, {"guests", draft.guests}};
    return detail.dump(-1, ' ', false, model::Json::error_handler_t::replace);
}

void audit(Transaction& transaction, const Actor& actor, std::string action, const std::string& event, std::string detail) {
    write_audit(transaction, {.user = actor.user,
                              .address = actor.address,
                              .action = std::move(action),
                              .target = event,
                              .detail = std::move(detail)});
}

Status require_open(Transaction& transaction, const std::string& id) {
    const auto rows = transaction.run(
        "select closed_at is not null from events where id = $1 and organisation_id ="
        " current_organisation() for no key update",
        id);
    if (rows.empty()) return failed(Code::NotFound, "no such event");
    if (rows[0][0].as<bool>()) return failed(Code::Denied, "the event is closed");
    return {};
}

}  // namespace

Task<Result<Event>> event(Pool& pool, Tenant tenant, std::string id) {
    const std::function<Result<Event>(Transaction&)> body = [id](Transaction& transaction) { return load(transaction, id); };
    auto found = co_await pool.transact<Event>(std::move(tenant), body);
    co_return found;
}

Task<Result<EventPage>> events(Pool& pool, Tenant tenant, EventQuery query) {
    const std::function<Result<EventPage>(Transaction&)> body = [query](Transaction& transaction) -> Result<EventPage> {
        EventPage page;
        const auto sql = event_query(
            " and ($1::bigint < 0 or ((extract(epoch from created_at) * 1000000)::bigint, id) <"
            " ($1::bigint, nullif($2, '')::uuid)) and (not $3 or closed_at is null)"
            " and (not $4 or id = any(string_to_array($5, ',')::uuid[]))"
            " order by created_at desc, id desc limit $6::int");
        for (const auto& row : transaction.run(sql, query.after_us.value_or(-1), query.after_id, query.is_open,
                                               query.only.has_value(), query.only.value_or(""), query.first + 1))
            page.rows.push_back(to_event(row));
        page.has_next = page.rows.size() > static_cast<std::size_t>(query.first);
        if (page.has_next) page.rows.pop_back();
        if (!page.rows.empty()) add_phases(transaction, page.rows);
        return page;
    };
    auto page = co_await pool.transact<EventPage>(std::move(tenant), body);
    co_return page;
}

Task<Result<Event>> create_event(Pool& pool, Tenant tenant, EventDraft draft, Actor actor) {
    const std::function<Result<Event>(Transaction&)> body = [draft, actor](Transaction& transaction) -> Result<Event> {
        const auto sql =
            "insert into events (organisation_id, name, template, guests, time_zone, starts_at, ends_at)"
            " values (current_organisation(), $1, $2, $3, $4, " +
            moment_of("$5") + ", " + moment_of("$6") + ") returning id::text";
        const auto id = transaction
                            .run(sql, draft.name, draft.kind, draft.guests, draft.time_zone, ms_or_nothing(draft.starts_at),
                                 ms_or_nothing(draft.ends_at))[0][0]
                            .as<std::string>();
        audit(transaction, actor, "event.created", id, detail_of(draft));
        return load(transaction, id);
    };
    auto made = co_await pool.transact<Event>(std::move(tenant), body);
    co_return made;
}

Task<Result<Event>> update_event(Pool& pool, Tenant tenant, std::string id, EventDraft draft, Actor actor) {
    const std::function<Result<Event>(Transaction&)> body = [id, draft, actor](Transaction& transaction) -> Result<Event> {
        if (auto open = require_open(transaction, id); !open) return std::unexpected{std::move(open).error()};
        transaction.run("update events set name = $2, template = $3, guests = $4, starts_at = " + moment_of("$5") +
                            ", ends_at = " + moment_of("$6") + " where id = $1",
                        id, draft.name, draft.kind, draft.guests, ms_or_nothing(draft.starts_at), ms_or_nothing(draft.ends_at));
        audit(transaction, actor, "event.updated", id, detail_of(draft));
        return load(transaction, id);
    };
    auto updated = co_await pool.transact<Event>(std::move(tenant), body);
    co_return updated;
}

Task<Result<Event>> close_event(Pool& pool, Tenant tenant, std::string id, Actor actor) {
    const std::function<Result<Event>(Transaction&)> body = [id, actor](Transaction& transaction) -> Result<Event> {
        const auto open = require_open(transaction, id);
        if (!open && open.error().code == Code::Denied) return load(transaction, id);
        if (!open) return std::unexpected{open.error()};
        const auto released = transaction.run(
            "with members as (select id from routers where event_id = $1 and organisation_id = current_organisation()"
            " order by id for no key update)"
            " update routers set event_id = null, revision = revision + 1 where id in (select id from members) returning "
            "id::text",
            id);
        transaction.run("update events set closed_at = now() where id = $1", id);
        audit(transaction, actor, "event.closed", id, model::Json{{"routers", released.size()}}.dump());
        return load(transaction, id);
    };
    auto closed = co_await pool.transact<Event>(std::move(tenant), body);
    co_return closed;
}

}  // namespace vivi::db
