// Whom guests ask about what is blocked: one line of a router's configuration.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/db/events.hpp"
#include "server/db/policies.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

/// What the newest configurations of these routers say, by router; "": the organisers. Those that are not the tenant's, or have
/// no configuration, are left out.
Task<Result<std::map<std::string, std::string>>> contacts(Pool& pool, Tenant tenant, std::vector<std::string> routers);

struct ContactChange {
    std::string router{};
    std::string contact{};
    Actor actor{};
};
/// A new revision that says so; nothing: it said so already. Invalid: not one line of at most 120 characters. NotFound: not an
/// accepted router of this organisation. Conflict: it has no configuration.
Task<Result<std::optional<NewRevision>>> set_contact(Pool& pool, Tenant tenant, ContactChange change);

}  // namespace vivi::db
