// How much goes through the routers of an event. Only for the .cpp files of this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "server/db/transaction.hpp"

namespace vivi::db {

/// bit/s
struct EventRates {
    std::int64_t up = 0, down = 0;
};

/// Over two whole buckets that ended 20 to 30 s ago: a router that nobody watches tells every 10 s, so all have told of them.
/// The sum of the devices' own rates would be larger: each is over the last tick in which that device said anything.
EventRates event_rates(Transaction& transaction, const std::string& event);

}  // namespace vivi::db
