// A router from hand to hand: offered by a code, claimed, named, returned.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/core/time.hpp"
#include "server/db/events.hpp"
#include "server/db/pool.hpp"
#include "server/db/routers.hpp"

namespace vivi::db {

/// What is kept of a claim code: SHA-256 of its ten characters, hexadecimal.
std::string claim_code_hash(std::string_view characters);

/// For the hub: the code of the pending router with this key, good for half an hour; it replaces the one before. The result is
/// when it ends. NotFound: no such router, or it is not pending.
Task<Result<WallTime>> offer_claim_code(Pool& pool, std::string fingerprint, std::string code_hash);

struct Claim {
    std::string code_hash{};
    std::string name{};
    std::string configuration{};  ///< JSON text of the first revision; custody and revision are filled in.
    Actor actor{};
};
struct Claimed {
    enum class Outcome : std::uint8_t {
        Claimed,
        Unknown,    ///< No such code; or it was used, or is over.
        Throttled,  ///< Too many guesses of this user, or from this address.
    };
    Outcome outcome = Outcome::Unknown;
    std::string router{};
    std::int64_t revision = 0;
};
/// Takes the router with that code into the organisation, with its first configuration and an audit row, or counts the guess.
/// Invalid: the configuration, with every problem; nothing was counted.
Task<Result<Claimed>> claim_router(Pool& pool, Tenant tenant, Claim claim);

/// The new revision for viewers. NotFound: no such router here.
Task<Result<std::int64_t>> rename_router(Pool& pool, Tenant tenant, std::string router, std::string name, Actor actor);

/// Ends the custody: what was filed under this router stays with the organisation; commands that wait are cancelled; the router's
/// key starts again as a pending router of nobody. NotFound: no such router here.
Task<Status> return_router(Pool& pool, Tenant tenant, std::string router, Actor actor);

/// For the hub: the oldest custody that the router with this key has not forgotten yet; empty: none.
Task<Result<std::string>> open_return(Pool& pool, std::string fingerprint);
/// For the hub: keeps what the router says it wiped (JSON of model::Receipt), with its audit row. A router that was returned at
/// itself is returned now. False: this key never had that custody, or its receipt is here already.
Task<Result<bool>> file_receipt(Pool& pool, std::string fingerprint, std::string custody, std::string receipt);

}  // namespace vivi::db
