// What tests and people ask of a running lab: one line over a unix socket, one line back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/core/result.hpp"
#include "common/runtime/task.hpp"
#include "tests/lab/machine.hpp"
#include "tests/lab/settings.hpp"
#include "tests/lab/supervisor.hpp"

namespace vivi::lab {

/// Serves <state>/control.sock until cancelled:
///   status                         the programs as JSON
///   kill|stop|start|pause|resume NAME
///   cut | mend                     takes the link between router and server away, and gives it back
///   join N | leave N               guest N's DHCP client starts, stops
///   power-on                       the router, after it was commanded to switch itself off
Task<> serve_control(const Settings& settings, Supervisor& supervisor, Machine& machine);

/// The client's side: sends `request`, gives the answer; Unavailable when no lab runs.
Result<std::string> ask(const Settings& settings, const std::string& request);

}  // namespace vivi::lab
