// The audit log: append-only. Denials are written by vivi_auth; it is read by vivi_api (a tenant's) and vivi_staff (everybody's).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

/// Somebody was refused something, `times` times.
struct Denial {
    std::string user{};          ///< uuid; empty: whoever held a show link.
    std::string organisation{};  ///< uuid; empty when it is not known.
    std::string what{};          ///< The field of the schema, as `Mutation.setPolicy`; or the right that lacked.
    std::string address{};
    std::uint64_t times = 1;
};
/// One row each, action access.denied.
Task<Status> record_denials(Pool& pool, std::vector<Denial> denials);

/// A row as it was written.
struct AuditEntry {
    std::int64_t id = 0;
    std::string organisation{};  ///< uuid; empty when none.
    std::string user{};          ///< uuid; empty when nobody was known, or it was the operator of the server.
    std::string email{};         ///< Of the user; empty when it is not known.
    std::string action{};
    std::string target{};
    std::string detail{};  ///< JSON text
    std::string address{};
    WallTime at{};
};
struct AuditQuery {
    std::int64_t before = 0;  ///< Ids below this one only; 0: from the newest on.
    int first = 50;
    std::string action{};  ///< Only actions that begin with this; empty: all.
    std::string user{};    ///< uuid; empty: everybody's.
};
struct AuditPage {
    std::vector<AuditEntry> rows{};  ///< The newest first.
    bool has_next = false;
};
/// Of the tenant by a pool of vivi_api; of everybody by one of vivi_staff, and then with an empty tenant.
Task<Result<AuditPage>> audit_log(Pool& pool, Tenant tenant, AuditQuery query);

}  // namespace vivi::db
