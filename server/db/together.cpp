// SQL of events that own the policy of their routers.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/together.hpp"

#include <algorithm>

#include "server/db/arrays.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view event_sql =
    "select policy::text, policy_revision, time_zone, closed_at is not null from events"
    " where id = $1 and organisation_id = current_organisation()";

constexpr std::string_view routers_sql =
    "select id::text from routers where event_id = $1 and organisation_id = current_organisation() and state = 'accepted'"
    " order by id";

std::vector<model::Phase> phases_of(Transaction& transaction, const std::string& event) {
    std::vector<model::Phase> phases;
    const auto sql =
        "select name, " + unix_ms("starts_at") + ", " + unix_ms("ends_at") +
        " from event_phases where event_id = $1 and organisation_id = current_organisation() order by starts_at, name";
    for (const auto& row : transaction.run(sql, event))
        phases.push_back({.name = row[0].as<std::string>(),
                          .from = from_unix_ms(row[1].as<std::int64_t>()),
                          .to = from_unix_ms(row[2].as<std::int64_t>())});
    return phases;
}

Result<model::Policy> stored_policy(const std::string& text) {
    const auto json = model::parse_json(text);
    if (!json) return std::unexpected{json.error()};
    model::Problems problems;
    auto policy = model::parse_policy(*json, "", problems);
    if (!problems.empty()) return failed(Code::Internal, "stored policy of an event: " + problems.front());
    return policy;
}

/// The event, and whether it is closed.
Result<std::pair<Together, bool>> find_event(Transaction& transaction, const std::string& event, std::string_view lock) {
    const auto rows = transaction.run(std::string{event_sql}.append(lock), event);
    if (rows.empty()) return failed(Code::NotFound, "no such event");
    Together together{
        .event = {.id = event, .policy_revision = rows[0][1].as<std::int64_t>(), .is_undecided = rows[0][0].is_null()}};
    if (!together.event.is_undecided) {
        auto policy = stored_policy(rows[0][0].as<std::string>());
        if (!policy) return std::unexpected{std::move(policy).error()};
        together.policy = *std::move(policy);
    }
    together.policy.time_zone = rows[0][2].as<std::string>();
    together.policy.phases = phases_of(transaction, event);
    return std::pair{std::move(together), rows[0][3].as<bool>()};
}

void write_event(Transaction& transaction, const Together& together) {
    const auto& [id, revision, is_undecided] = together.event;
    const auto& policy = together.policy;
    ArrayLiteral name, from, to;
    for (const auto& phase : policy.phases) {
        name.add(phase.name);
        from.add(to_unix_ms(phase.from));
        to.add(to_unix_ms(phase.to));
    }
    transaction.run("update events set policy = nullif($2, '')::jsonb, policy_revision = $3, time_zone = $4 where id = $1", id,
                    is_undecided ? std::string{} : model::to_json(policy).dump(), revision, policy.time_zone);
    transaction.run("delete from event_phases where event_id = $1", id);
    transaction.run(
        "insert into event_phases (organisation_id, event_id, name, starts_at, ends_at)"
        " select current_organisation(), $1, name, " +
            instant_of("starts") + ", " + instant_of("ends") +
            " from unnest($2::text[], $3::bigint[], $4::bigint[]) as phase(name, starts, ends)",
        id, name.text(), from.text(), to.text());
}

}  // namespace

const Decided* Together::find(std::string_view router) const {
    const auto found = std::ranges::find(routers, router, &Decided::router);
    return found == routers.end() ? nullptr : &*found;
}

Result<Together> lock_event_row(Transaction& transaction, const std::string& event) {
    auto found = find_event(transaction, event, " for no key update");
    if (found && found->second) return failed(Code::Denied, "the event is closed");
    if (!found) return std::unexpected{std::move(found).error()};
    return std::move(found)->first;
}

Result<Together> read_event_policy(Transaction& transaction, const std::string& event) {
    auto found = find_event(transaction, event, "");
    if (!found) return std::unexpected{std::move(found).error()};
    return std::move(found)->first;
}

Status lock_routers(Transaction& transaction, Together& together) {
    for (const auto& row : transaction.run(routers_sql, together.event.id)) {
        auto decided = lock_decided(transaction, row[0].as<std::string>());
        if (!decided) return std::unexpected{std::move(decided).error()};
        together.routers.push_back(*std::move(decided));
    }
    return {};
}

Result<Together> lock_event(Transaction& transaction, const std::string& event) {
    auto together = lock_event_row(transaction, event);
    if (!together) return together;
    if (auto locked = lock_routers(transaction, *together); !locked) return std::unexpected{std::move(locked).error()};
    return together;
}

Result<Together> lock_together(Transaction& transaction, const std::string& router) {
    const auto event_of = [&] {
        return transaction.run(
            "select coalesce(event_id::text, '') from routers where id = $1 and state = 'accepted'"
            " and organisation_id = current_organisation()",
            router);
    };
    const auto rows = event_of();
    if (rows.empty()) return failed(Code::NotFound, "no such router");
    const auto event = rows[0][0].as<std::string>();
    auto together = event.empty() ? Result<Together>{Together{}} : lock_event(transaction, event);
    if (!together) return together;
    if (event.empty()) {
        auto decided = lock_decided(transaction, router);
        if (!decided) return std::unexpected{std::move(decided).error()};
        together->policy = decided->configuration.policy;
        together->routers.push_back(*std::move(decided));
    }
    const auto now = event_of();  // Under lock: who assigns a router locks it too.
    if (now.empty() || now[0][0].as<std::string>() != event || together->find(router) == nullptr)
        return failed(Code::Conflict, "the router moved to another event just now");
    return together;
}

model::Policy compile(const model::Policy& shared, const model::Policy& own) {
    auto policy = shared;
    for (const auto& name : own.never_blocked) {
        if (std::ranges::find(policy.never_blocked, name) == policy.never_blocked.end()) policy.never_blocked.push_back(name);
    }
    return policy;
}

Status write_together(Transaction& transaction, Together& together, const AuditRow& row, Bans bans) {
    std::vector<std::pair<Decided*, std::string>> changed;
    for (auto& decided : together.routers) {
        auto policy = together.event.id.empty() ? together.policy : compile(together.policy, decided.configuration.policy);
        if (policy == decided.configuration.policy && !decided.is_changed) continue;
        decided.configuration.policy = std::move(policy);
        auto document = next_document(decided);
        if (!document) return std::unexpected{std::move(document).error()};
        changed.emplace_back(&decided, *std::move(document));
    }
    if (!together.event.id.empty()) {
        ++together.event.policy_revision;
        write_event(transaction, together);
    }
    for (auto& [decided, document] : changed) {
        write_document(transaction, *decided, document, row);
        if (bans == Bans::Now) write_bans(transaction, *decided);
    }
    write_audit(transaction, row);
    return {};
}

std::vector<NewRevision> new_revisions(const Together& together) {
    std::vector<NewRevision> all;
    for (const auto& decided : together.routers) {
        if (decided.is_written)
            all.push_back({.router = decided.router,
                           .organisation = decided.organisation,
                           .desired_revision = decided.desired_revision,
                           .revision = decided.revision});
    }
    return all;
}

}  // namespace vivi::db
