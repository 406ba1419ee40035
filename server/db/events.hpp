// The organiser's events: made, changed, closed, with their phases and the routers that enforce their policy.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "common/model/policy_diff.hpp"
#include "server/db/policies.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct Event {
    std::string id{};
    std::string organisation{};
    std::string name{};
    std::string kind{};  ///< conference, lan_party, hackathon, festival, school: column `template`.
    int guests = 0;      ///< Expected.
    std::string time_zone{};
    std::optional<WallTime> starts_at{}, ends_at{};
    std::int64_t policy_revision = 0;
    std::int64_t created_us = 0;  ///< Microseconds since 1970: its place in the list.
    std::optional<WallTime> closed_at{};
    std::int64_t router_count = 0;
    std::vector<model::Phase> phases{};  ///< By their beginning.
};

/// NotFound also when another organisation has it.
Task<Result<Event>> event(Pool& pool, Tenant tenant, std::string id);

struct EventQuery {
    std::optional<std::string> only{};       ///< uuids, comma separated: only these (memberships of single events); absent: all.
    std::optional<std::int64_t> after_us{};  ///< With `after_id`: behind this event.
    std::string after_id{};
    int first = 50;
    bool is_open = false;  ///< Only those that are not closed.
};
struct EventPage {
    std::vector<Event> rows{};
    bool has_next = false;
};
/// Those of the organisation, the newest first.
Task<Result<EventPage>> events(Pool& pool, Tenant tenant, EventQuery query);

/// Who changes something, for the audit log.
struct Actor {
    std::string user{};  ///< uuid
    std::string address{};
};

struct EventDraft {
    std::string name{};
    std::string kind{};
    int guests = 100;
    std::string time_zone{};
    std::optional<WallTime> starts_at{}, ends_at{};
};
Task<Result<Event>> create_event(Pool& pool, Tenant tenant, EventDraft draft, Actor actor);

/// Name, template, guests and times become the draft's; the time zone is part of the policy: see PolicyEdit. NotFound; Denied: it
/// is closed.
Task<Result<Event>> update_event(Pool& pool, Tenant tenant, std::string id, EventDraft draft, Actor actor);

/// Its routers belong to no event any more and keep what they enforce; memberships of it end. The same again changes nothing.
Task<Result<Event>> close_event(Pool& pool, Tenant tenant, std::string id, Actor actor);

struct Assignment {
    std::string router{};
    std::string event{};  ///< Empty: to none.
    Actor actor{};
    std::vector<std::string> never_blocked{};
    bool is_trial = false;  ///< Nothing is written.
};
struct Assigned {
    enum class Outcome : std::uint8_t { Assigned, Same, Refused };
    Outcome outcome = Outcome::Same;
    std::string problem{};                 ///< Of Refused: the event's policy does not fit the router.
    std::vector<model::Change> changes{};  ///< What the router enforces otherwise than before.
    std::vector<NewRevision> routers{};
};
/// The router enforces the event's policy from now on. The first router of an event on whose policy nobody decided brings its
/// own; of later ones only the bans come along (nobody is unbanned by it) and hold in the whole event. A router that leaves keeps
/// what it enforces. NotFound: router or event. Denied: the event is closed.
Task<Result<Assigned>> assign_router(Pool& pool, Tenant tenant, Assignment assignment);

}  // namespace vivi::db
