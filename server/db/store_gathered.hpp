// Writes what a batch added up to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "server/db/applied.hpp"
#include "server/db/gathered.hpp"

namespace vivi::db {

/// Few statements whatever the size: each takes whole columns. Changed devices get the revision `visible`.
void store(Transaction& transaction, LockedRouter& router, const Gathered& gathered, std::int64_t visible);

}  // namespace vivi::db
