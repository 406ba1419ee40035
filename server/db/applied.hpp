// A router's row under lock, and what changes when a revision comes into force. Shared by ingest and the session's writes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/core/result.hpp"

namespace vivi::db {

class Transaction;

struct LockedRouter {
    std::string id{};
    std::int64_t revision = 0;
    std::int64_t desired_revision = 0;
    std::int64_t applied_revision = 0;
};

/// Locks the row for the rest of the transaction, always before any device's: a ban does the same, so neither waits for the other
/// in a circle. Conflict when `session` was replaced, Denied when the router is not the organisation's, or revoked.
Result<LockedRouter> lock_router(Transaction& transaction, const std::string& router, std::int64_t session);

/// The router enforces `reported`. Devices whose ban thereby came into force (or was lifted) get the revision `visible`, so that
/// viewers hear of it. False when nothing is new.
bool apply_revision(Transaction& transaction, LockedRouter& router, std::int64_t reported, std::int64_t visible);

}  // namespace vivi::db
