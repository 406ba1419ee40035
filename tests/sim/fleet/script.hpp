// What goes wrong in a simulated fleet, and when: one step a line. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::sim {

struct Fault {
    enum class Kind : std::uint8_t {
        Cut,       ///< The connection ends without a goodbye; the router comes back.
        HalfOpen,  ///< The router comes back by a new connection; on the old one nothing is read, said or ended for a while.
        Leave,     ///< Cut, and the router stays away for a while.
    };
    Kind kind = Kind::Cut;
    Seconds lasting{};  ///< Of HalfOpen and Leave.
};

struct Step {
    Seconds at{};  ///< After the fleet was first complete; of a repeated one also the interval.
    bool is_repeated = false;
    int percent = 0;  ///< Of the routers, drawn anew each time.
    Fault fault{};
};

/// "at 30 cut 10", "every 60 half-open 5 45", "at 90 leave 100 20": seconds, what, percent of the routers, seconds it lasts
/// (not for `cut`). Invalid says what is wrong.
Result<Step> parse_step(std::string_view line);

}  // namespace vivi::sim
