// Where a policy comes from when somebody saves, compares or loads one: a router, an event, or a profile kept on the server.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/model/profile.hpp"
#include "server/api/call.hpp"
#include "server/db/profiles.hpp"

namespace vivi::api {

struct FoundProfile {
    db::Tenant tenant{};
    db::KeptProfile profile{};
};
/// Nothing for an id of another type, one that is deleted or does not exist, and one of somebody else's. Profiles are of the
/// whole organisation: members of a single event see none.
Task<std::expected<std::optional<FoundProfile>, graphql::FieldError>> find_profile(Call& call, std::string id);

struct SourcePolicy {
    db::Tenant tenant{};
    auth::Place place{};
    std::string words{};  ///< "router <uuid>", "event <uuid>", "profile <uuid>".
    model::Policy policy{};
};
/// What the input (PolicySourceInput: exactly one of `profile`, `routerId` and `eventId`) names; nothing when the caller may not
/// see it.
Task<std::expected<std::optional<SourcePolicy>, graphql::FieldError>> find_source(Call& call, const graphql::Fields& input);

/// What loading makes of a policy. An event keeps its time zone and its phases; those of the profile that it has not are added.
std::function<model::Problems(model::Policy&)> loading(model::Profile profile, bool is_of_event);

}  // namespace vivi::api
