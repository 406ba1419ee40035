// pcapd as a process: its settings and how its parts are connected.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/runtime/daemon.hpp"

namespace vivi::pcapd {

Program program();

}  // namespace vivi::pcapd
