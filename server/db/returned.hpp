// Routers that were given back, and what each said it wiped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

/// One custody that is over.
struct ReturnedRouter {
    std::string id{};  ///< uuid; the router has another one in its next custody.
    std::string name{};
    std::string fingerprint{};
    std::string organisation_name{};  ///< Whose it was.
    WallTime returned_at{};
    std::int64_t returned_us = 0;
    std::optional<WallTime> wiped_at{};  ///< When the server had the receipt; nothing: the router has not said so yet.
    std::string receipt{};               ///< JSON, as docs/protocol.md section 8 has it; empty with no wiped_at.
};

struct ReturnedQuery {
    std::optional<std::int64_t> before_us{};
    std::string before_id{};
    int first = 50;
};
struct ReturnedPage {
    std::vector<ReturnedRouter> rows{};
    bool has_next = false;
};
/// Of the organisation, the newest first.
Task<Result<ReturnedPage>> returned_routers(Pool& pool, Tenant tenant, ReturnedQuery query);
/// Of all, for the role vivi_staff.
Task<Result<ReturnedPage>> staff_returned_routers(Pool& staff, ReturnedQuery query);

}  // namespace vivi::db
