// Reads the clocks.
// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/clock.hpp"

namespace vivi {

Instant now() { return std::chrono::steady_clock::now(); }
WallTime wall_now() { return std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()); }

}  // namespace vivi
