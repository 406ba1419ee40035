// How full the address pools of routers are: from the configuration that was decided last and the leases that run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/model/configuration.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {

struct AddressPool {
    std::string network{};
    std::string from{}, to{};
    std::int64_t size = 0;
    std::int64_t leased = 0;
    std::int64_t peak = 0;              ///< The most at once in the last 24 hours.
    std::optional<WallTime> peak_at{};  ///< When it was that many first.
    std::int64_t grown = 0;             ///< Leases more than 30 minutes ago; negative: fewer.
    bool is_nearly_full() const noexcept { return leased * 10 >= size * 9; }
};

/// Addresses that dhcpd can hand out: the range without the network's own, and reservations outside of it.
std::int64_t pool_size(const model::Network& network);

/// At the pace of the last 30 minutes; nothing when it is not growing, or that is more than a day away.
std::optional<WallTime> full_at(const AddressPool& pool, WallTime now);

/// By router, in the order of the configuration; networks without DHCP have none.
Task<Result<std::map<std::string, std::vector<AddressPool>>>> address_pools(Pool& pool, Tenant tenant,
                                                                            std::vector<std::string> routers);

/// For the hub, every minute: raises the alarm dhcp.pool at 90 %, and clears it below 85 %, in all organisations; ends alarms
/// that are not heard any more (unheard_alarms.hpp). The result is how many were raised.
Task<Result<int>> watch_pools(Pool& pool);

}  // namespace vivi::db
