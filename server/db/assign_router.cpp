// A router joins an event, or leaves it: one transaction with the policy it enforces from then on.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/db/events.hpp"
#include "server/db/together.hpp"

namespace vivi::db {
namespace {

/// What the router had comes along to an event on whose policy nobody decided; the event keeps its own time zone and phases.
void adopt(model::Policy& shared, const model::Policy& own) {
    auto phases = shared.phases;
    for (const auto& phase : own.phases) {
        if (std::ranges::find(phases, phase.name, &model::Phase::name) == phases.end()) phases.push_back(phase);
    }
    auto time_zone = shared.time_zone;
    shared = own;
    shared.phases = std::move(phases);
    shared.time_zone = std::move(time_zone);
}

/// Nobody is unbanned by joining.
void bring_bans(model::Policy& shared, const model::Policy& own) {
    for (const auto& rule : own.devices) {
        if (!is_ban(rule, own)) continue;
        const auto is_there = [&](const model::DeviceRule& other) {
            return other.device == rule.device && is_ban(other, shared);
        };
        const bool is_protected = std::ranges::find(shared.protected_devices, rule.device) != shared.protected_devices.end();
        if (!is_protected && std::ranges::none_of(shared.devices, is_there)) shared.devices.push_back(rule);
    }
}

std::string event_of(Transaction& transaction, const std::string& router) {
    const auto rows = transaction.run(
        "select coalesce(event_id::text, '') from routers where id = $1 and state = 'accepted'"
        " and organisation_id = current_organisation()",
        router);
    return rows.empty() ? "none" : rows[0][0].as<std::string>();
}

/// The event that is left, by its own lock, so that whoever decides for it meanwhile waits; in the order of ids with the one
/// joined.
Result<Together> lock_events(Transaction& transaction, const std::string& from, const std::string& to) {
    const auto lock_old = [&] {
        transaction.run(
            "select 1 from events where id = nullif($1, '')::uuid and organisation_id = current_organisation()"
            " for no key update",
            from);
    };
    if (from < to) lock_old();
    auto together = to.empty() ? Result<Together>{Together{}} : lock_event_row(transaction, to);
    if (to < from) lock_old();
    return together;
}

/// Locks the routers of the event and the one that joins, in the order of their ids.
Result<Decided> lock_all(Transaction& transaction, Together& together, const std::string& router) {
    transaction.run(
        "select 1 from routers where organisation_id = current_organisation() and (id = $1 or event_id ="
        " nullif($2, '')::uuid) order by id for no key update",
        router, together.event.id);
    if (!together.event.id.empty()) {
        if (auto locked = lock_routers(transaction, together); !locked) return std::unexpected{std::move(locked).error()};
    }
    return lock_decided(transaction, router);
}

Result<Assigned> write(Transaction& transaction, const Assignment& request, Together& together, const Decided& joining) {
    const AuditRow row{.user = request.actor.user,
                       .address = request.actor.address,
                       .action = request.event.empty() ? "router.left" : "router.assigned",
                       .target = request.router,
                       .detail = model::Json{{"event", request.event}}.dump()};
    Assigned assigned{.outcome = Assigned::Outcome::Assigned};
    if (request.event.empty()) {
        write_audit(transaction, row);
    } else {
        if (auto written = write_together(transaction, together, row); !written)
            return Assigned{.outcome = Assigned::Outcome::Refused, .problem = written.error().detail};
        assigned.routers = new_revisions(together);
    }
    const auto rows = transaction.run(
        "update routers set event_id = nullif($2, '')::uuid, revision = revision + 1 where id = $1"
        " returning desired_revision, revision",
        request.router, request.event);
    std::erase_if(assigned.routers, [&](const NewRevision& one) { return one.router == request.router; });
    assigned.routers.push_back({.router = request.router,
                                .organisation = joining.organisation,
                                .desired_revision = rows[0][0].as<std::int64_t>(),
                                .revision = rows[0][1].as<std::int64_t>()});
    return assigned;
}

Result<Assigned> assign(Transaction& transaction, const Assignment& request) {
    const auto from = event_of(transaction, request.router);
    if (from == "none") return failed(Code::NotFound, "no such router");
    auto together = lock_events(transaction, from, request.event);
    if (!together) return std::unexpected{std::move(together).error()};
    auto joining = lock_all(transaction, *together, request.router);
    if (!joining) return std::unexpected{std::move(joining).error()};
    if (event_of(transaction, request.router) != from) return failed(Code::Conflict, "the router moved just now");
    if (from == request.event) return Assigned{};

    const auto own = joining->configuration.policy;
    std::vector<model::Change> changes;
    if (!request.event.empty()) {
        if (together->event.is_undecided)
            adopt(together->policy, own);
        else
            bring_bans(together->policy, own);
        together->event.is_undecided = false;
        for (const auto& name : request.never_blocked) {
            if (std::ranges::find(together->policy.never_blocked, name) == together->policy.never_blocked.end())
                together->policy.never_blocked.push_back(name);
        }
        together->routers.push_back(*joining);
        changes = model::diff(own, compile(together->policy, own));
    }
    auto assigned = request.is_trial ? Result<Assigned>{Assigned{.outcome = Assigned::Outcome::Assigned}}
                                     : write(transaction, request, *together, *joining);
    if (assigned) assigned->changes = std::move(changes);
    return assigned;
}

}  // namespace

Task<Result<Assigned>> assign_router(Pool& pool, Tenant tenant, Assignment assignment) {
    const std::function<Result<Assigned>(Transaction&)> body = [assignment](Transaction& transaction) {
        return assign(transaction, assignment);
    };
    auto assigned = co_await pool.transact<Assigned>(std::move(tenant), body);
    co_return assigned;
}

}  // namespace vivi::db
