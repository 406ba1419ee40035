// What a router saw becomes rows: one transaction a batch, exactly once by (router, epoch, sequence).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

/// One entry of a router's outbox. The body is decoded here and nowhere before.
struct Entry {
    std::uint64_t sequence = 0;
    std::string topic{};
    std::string body{};
};

/// Entries of one epoch, sequences rising.
struct Batch {
    std::string organisation{};  ///< uuid; whose router it is (Enrolment::organisation).
    std::string router{};        ///< uuid
    std::int64_t session = 0;    ///< The fencing number start_session() gave: a replaced session cannot commit.
    std::string epoch{};         ///< 32 hexadecimal digits.
    std::vector<Entry> entries{};
};

struct Ingested {
    std::uint64_t durable = 0;  ///< Everything of the epoch up to this sequence is committed: acknowledge it.
    std::int64_t revision = 0;  ///< The router's, after the batch.
    std::vector<std::string>
        kinds{};  ///< Of {"devices", "traffic", "status", "alarms"}, for `router.<id>.changed`; empty: nothing visible changed.
    std::uint64_t dead_letters = 0;  ///< Entries that could not be stored and were put aside.
};

/// Conflict: the session was replaced (end it). Denied: the router is not accepted (any more). Unavailable and Timeout: try the
/// same batch again. `now` is the hub's wall clock: the router's times are clamped to [now - 48 h, now + 5 min].
Task<Result<Ingested>> ingest(Pool& pool, Batch batch, WallTime now);

/// What is committed of an epoch; 0 when nothing is. For `welcome`.
Task<Result<std::uint64_t>> durable_sequence(Pool& pool, std::string router, std::string epoch);

}  // namespace vivi::db
