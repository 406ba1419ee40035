// An organiser's event that the caller may see, and what is asked of everything in it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/api/call.hpp"
#include "server/db/events.hpp"

namespace vivi::api {

struct FoundEvent {
    db::Tenant tenant{};
    db::Event event{};
};
/// Nothing for an id of another type, one that does not exist and one of somebody else's (or of another event than the caller's):
/// they look the same. The error is UNAUTHENTICATED, or that the database is away.
Task<std::expected<std::optional<FoundEvent>, graphql::FieldError>> find_event(Call& call, std::string id);
auth::Place place_of(const db::Event& event);

/// Which events of the organisation the caller may see: nothing: all of it; otherwise their uuids, comma separated. Precondition:
/// signed in.
std::optional<std::string> only_events(const Call& call, const db::Tenant& tenant);

/// What a mutation of an event begins with: the event, when the caller may manage it and it goes on.
Task<std::expected<std::expected<FoundEvent, UserError>, graphql::FieldError>> managed_event(Call& call, std::string id);

UserError no_such_event();
UserError event_is_closed();

/// Who asks, for the audit log. Precondition: signed in.
db::Actor actor_of(const Call& call);

/// Each of them, in order.
Task<> announce_all(Call& call, std::vector<db::NewRevision> revisions);

}  // namespace vivi::api
