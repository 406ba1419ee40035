// vivi-dnsd as a program: its settings, and how its parts are put together.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/runtime/daemon.hpp"

namespace vivi::dnsd {

Program program();

}  // namespace vivi::dnsd
