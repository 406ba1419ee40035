// The revisions of a router's configuration: who decided what, what each said, and the way back to an older one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/model/configuration_diff.hpp"
#include "server/db/events.hpp"
#include "server/db/policies.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct ConfigurationRevision {
    std::string organisation{};
    std::string router{};
    std::int64_t revision = 0;
    WallTime created_at{};
    std::string author{};  ///< Name; empty: an operator at the command line, or somebody without a name.
    std::string action{};  ///< "policy.replaced", "device.banned", …; empty: not recorded.
    bool is_desired = false;
    bool is_applied = false;
};
struct RevisionQuery {
    std::string router{};
    int first = 20;
    std::optional<std::int64_t> after{};  ///< Older than this revision.
};
struct RevisionPage {
    std::vector<ConfigurationRevision> rows{};
    bool has_next = false;
};
/// The newest first. Empty when the organisation has no such router.
Task<Result<RevisionPage>> configuration_revisions(Pool& pool, Tenant tenant, RevisionQuery query);

/// Those of the revisions that are there.
Task<Result<std::map<std::int64_t, model::Configuration>>> configurations(Pool& pool, Tenant tenant, std::string router,
                                                                          std::vector<std::int64_t> revisions);

struct RollBack {
    std::string router{};
    std::int64_t to_revision = 0;
    std::int64_t base_revision = 0;  ///< Conflict unless this is still the desired one.
    Actor actor{};
};
struct RolledBack {
    PolicyChange::Outcome outcome = PolicyChange::Outcome::Same;
    model::Problems problems{};
    std::vector<model::Change> changes{};  ///< From what was decided before to what is now.
    std::vector<std::string> kept_bans{};  ///< MACs that the old revision did not ban, and that stay banned.
    std::int64_t desired_revision = 0;
    std::vector<NewRevision> routers{};
};
/// A new revision with the content of an old one. Bans are as they are now: nobody is unbanned, or banned again, by it. The
/// policy of a router that belongs to an event is the event's: all its routers go back; networks, uplink, DNS, firewall and
/// monitoring are this router's. NotFound: router or revision.
Task<Result<RolledBack>> roll_back(Pool& pool, Tenant tenant, RollBack request);

}  // namespace vivi::db
