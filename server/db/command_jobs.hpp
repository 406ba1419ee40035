// Commands as those see them who carry them out: vivi-server signs, the hub brings them to the router and notes what became of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/model/command.hpp"
#include "server/db/routers.hpp"

namespace vivi::db {

/// A command whose router waits for its token.
struct Unsigned {
    std::string command{};
    std::string organisation{};
    std::string router{};
    std::string custody{};
    std::string fingerprint{};
    model::CommandKind kind{};
    std::string parameters{};  ///< JSON text
    std::string nonce{};       ///< 32 hexadecimal digits, as the router issued it.
    std::string boot_id{};
};
/// Of every organisation, the oldest nonce first: queued, in time, of a router that is still in the command's custody.
Task<Result<std::vector<Unsigned>>> commands_to_sign(Pool& pool, int most);
/// False: there is another nonce meanwhile, or the command is not queued any more.
Task<Result<bool>> keep_token(Pool& pool, std::string command, std::string nonce, std::string token);

/// What time alone decides: expired, switched off, given up. Whose viewers should look again.
struct Settled {
    std::string router{};
    std::string organisation{};
};
Task<Result<std::vector<Settled>>> settle_commands(Pool& pool);

/// An open command of a connected router.
struct Job {
    std::string id{};
    model::CommandKind kind{};
    std::string parameters{};  ///< JSON text
    model::CommandState state{};
    bool is_expired = false;  ///< Its time is over.
    std::string nonce{};      ///< As written by keep_nonce(); empty: none yet.
    std::string nonce_boot_id{};
    Milliseconds nonce_age{};
    std::string token{};    ///< Of that nonce; empty while it is not signed.
    std::string boot_id{};  ///< The boot in which it was sent.
    Milliseconds sent_ago{};
};
/// Those of the custody the router is in, the oldest first. Conflict once the session was replaced.
Task<Result<std::vector<Job>>> open_jobs(Pool& pool, Link link);

// What follows changes a command of the link's router and present custody, and only while the session holds: Conflict otherwise,
// or when the command is not in a state that allows it (it was cancelled meanwhile).

/// A nonce of the router, for a queued command; vivi-server signs for it.
Task<Status> keep_nonce(Pool& pool, Link link, std::string command, std::string nonce, std::string boot_id);
/// From now on the router may have it. Only a queued one that is in time.
Task<Status> mark_sent(Pool& pool, Link link, std::string command);
/// The router never took it: it is queued again, or expired when its time is over.
Task<Status> requeue(Pool& pool, Link link, std::string command);
/// What the router says of it. `report.state` Running, Succeeded or Failed.
Task<Status> note_report(Pool& pool, Link link, std::string command, model::CommandReport report);

/// Of the bundle of a release, `offset` on: the rest of the part that is there, at most 256 KiB. NotFound: no such release, or it
/// ends before.
Task<Result<std::string>> bundle_part(Pool& pool, std::string version, std::string architecture, std::uint64_t offset);

}  // namespace vivi::db
