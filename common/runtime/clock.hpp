// The only place where the clocks are read. Engines take `now` as an argument instead.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/core/time.hpp"

namespace vivi {

Instant now();
WallTime wall_now();

}  // namespace vivi
