// The simulated event from start to end: services, enrolment, daemons, guests, in that order.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/lab/settings.hpp"

namespace vivi::lab {

/// Makes the network, runs the event in a process namespace of its own until SIGINT or SIGTERM, and removes everything again, also when
/// it fails half-way or is killed. Gives the exit code; says on standard error what went wrong and on standard output where to look.
int run_event(const Settings& settings);

/// Stops the event that runs in this state folder, if any, and removes leftovers of one that was killed.
int stop_event(const Settings& settings);

}  // namespace vivi::lab
