// What this process uses of the machine, as the kernel counts it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace vivi {

struct ProcessUsage {
    double cpu_seconds = 0;  ///< User and system.
    std::uint64_t resident_bytes = 0;
    std::uint64_t open_files = 0;
    std::uint64_t most_files = 0;  ///< The soft limit.
    double started_at = 0;         ///< Seconds since 1970.
};

/// From /proc/self (proc(5)); what cannot be read is 0.
ProcessUsage process_usage();

}  // namespace vivi
