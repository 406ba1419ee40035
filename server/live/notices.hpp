// Telling the hub and the other replicas about a decision.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/bus/bus.hpp"

namespace vivi::live {

/// A configuration revision that was committed.
struct Decision {
    std::string router{};
    std::string organisation{};
    std::int64_t desired_revision = 0;  ///< For the hub.
    std::int64_t revision = 0;          ///< For viewers.
};

class Notices {
public:
    /// `publisher` outlives it.
    explicit Notices(bus::Publisher& publisher) : publisher_{publisher} {}

    /// `router.<id>.desired` and `router.<id>.changed`. Unavailable while the broker is away.
    Task<Status> decided(Decision decision);
    /// A command of the router was made, taken back or signed: `router.<id>.commands`, and `router.<id>.changed` of the kind commands.
    Task<Status> commanded(std::string router, std::string organisation);

private:
    bus::Publisher& publisher_;
};

}  // namespace vivi::live
