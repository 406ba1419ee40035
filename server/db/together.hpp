// The routers that one policy decides for, under lock: those of an event, or one alone. Only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/db/policies.hpp"
#include "server/db/revisions.hpp"

namespace vivi::db {

/// What an event says about its policy, under lock.
struct LockedEvent {
    std::string id{};  ///< uuid; empty: no event, one router decides for itself.
    std::int64_t policy_revision = 0;
    /// Nobody decided on a policy yet, so there are no routers: the first one that joins brings its own.
    bool is_undecided = false;
};

struct Together {
    LockedEvent event{};
    /// What is shared: the event's policy, or that of the only router. Change it, then write_together().
    model::Policy policy{};
    std::vector<Decided> routers{};  ///< By id.

    /// Null: that router is not among them.
    const Decided* find(std::string_view router) const;
};

/// Locks the event of the router, if it has one, before all routers of it in the order of their ids: everybody does, so nobody
/// waits in a circle. NotFound: not an accepted router of this organisation. Conflict: it moved to another event just now, or has
/// no configuration.
Result<Together> lock_together(Transaction& transaction, const std::string& router);
/// The same from the event. NotFound: no such event here. Denied: it is closed.
Result<Together> lock_event(Transaction& transaction, const std::string& event);
/// Only the event's row, by itself: for those who lock the routers themselves afterwards.
Result<Together> lock_event_row(Transaction& transaction, const std::string& event);
/// The same without the lock, closed or not, for readers.
Result<Together> read_event_policy(Transaction& transaction, const std::string& event);
/// Locks and adds the routers of the event.
Status lock_routers(Transaction& transaction, Together& together);

/// The policy of a router of the event: what is shared, and whatever was never blocked on it.
model::Policy compile(const model::Policy& shared, const model::Policy& own);

/// Makes `together.policy` the policy of all: the event's row with its time zone and phases, a revision of each router that
/// thereby changes, the devices' bans unless `bans` is Later, one audit row. Overflow: the document of some router would be
/// larger than 256 KiB, and nothing was written.
enum class Bans : std::uint8_t { Now, Later };
Status write_together(Transaction& transaction, Together& together, const AuditRow& row, Bans bans = Bans::Now);

/// Those that have a new revision by it.
std::vector<NewRevision> new_revisions(const Together& together);

}  // namespace vivi::db
