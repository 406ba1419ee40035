// What every mutation of a policy does around its edit: find the router, look at the role, decide, announce.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/api/call.hpp"
#include "server/db/policies.hpp"

namespace vivi::api {

/// A problem that a person can put right.
struct PolicyError {
    std::string code{};
    std::string message{};
    std::optional<std::string> path{};  ///< JSON pointer into the document, or the input field.
};
/// "/domains/3: what" gives code INVALID, path "/domains/3", message "what".
PolicyError to_policy_error(const std::string& problem);

struct PolicyPayload {
    std::optional<db::Router> router{};
    std::optional<db::RouterPolicy> policy{};
    std::vector<PolicyError> errors{};
};

struct Deciding {
    std::string router_id{};  ///< As the client gave it; empty: `event_id` is asked for.
    std::string event_id{};   ///< Likewise.
    auth::Right right = auth::Right::Manage;
    db::PolicyEdit edit{};  ///< Router or event, author and names are filled in.
};
/// The outcome, announced when something was decided. Of a stranger's router, or none: an error NOT_FOUND, as if it were not
/// there.
Task<std::expected<std::expected<db::PolicyChange, PolicyError>, graphql::FieldError>> decide(Call& call, Deciding deciding);

/// Problems of what was not decided; CONFLICT among them.
std::vector<PolicyError> errors_of(const db::PolicyChange& change);

/// The payload of one router's change.
Task<graphql::Resolved> payload_of(Call& call, Deciding deciding);

}  // namespace vivi::api
