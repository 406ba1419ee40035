// Names that nobody at a network had asked for before: worth a look, until they are known.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/time.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct NewName {
    std::string name{};
    std::int64_t devices = 0;  ///< Known ones that asked for it.
    std::int64_t queries = 0;  ///< Of these.
    WallTime first_at{};
};
struct NewNameQuery {
    std::vector<std::string> routers{};  ///< uuids
    int minutes = 60;
    int least_devices = 1;
    int first = 20;
};
/// Names first asked for within the last minutes at any of these routers, as far back as names are kept, those most devices asked
/// for first. None while these routers have told of no name before that: then all of them would be new.
Task<Result<std::vector<NewName>>> new_names(Pool& pool, Tenant tenant, NewNameQuery query);

}  // namespace vivi::db
