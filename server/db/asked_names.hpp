// What devices asked for in the last 24 hours, for those who want to know what another policy would have done.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/core/net.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct AskedName {
    std::string name{};
    std::optional<Mac> device{};  ///< Nothing: no known device did.
    std::int64_t queries = 0;     ///< Of that device; 0 without one.
};
/// Calls `visit` for every name and device of a router, name by name, on a thread of the pool. The result is whether there were
/// more than `most`. Which device asked for which name leaves only as what `visit` makes of it.
Task<Result<bool>> visit_asked_names(Pool& pool, Tenant tenant, std::string router, int most,
                                     std::function<void(const AskedName&)> visit);

struct NamedBytes {
    std::int64_t up = 0, down = 0;
};
/// Bytes of the last 24 hours by name, of all devices of these routers; of '' what nothing named. Names without traffic are
/// missing.
Task<Result<std::map<std::string, NamedBytes>>> bytes_of_names(Pool& pool, Tenant tenant, std::vector<std::string> routers,
                                                               std::vector<std::string> names);

}  // namespace vivi::db
