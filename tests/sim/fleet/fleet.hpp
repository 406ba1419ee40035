// A simulated fleet as a process: many routers, started one after another, and the script of what happens to them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/runtime/daemon.hpp"

namespace vivi::sim {

/// Its settings (--help prints them) and its run.
Program fleet_program();

}  // namespace vivi::sim
