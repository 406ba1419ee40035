// A process says how it is: one JSON document to whoever connects to its unix socket.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "common/runtime/task.hpp"

namespace vivi {

/// Serves `document()` on the unix socket `path`: connect, read to the end, done (`socat - UNIX:/run/vivi/pcapd.health`).
/// A stale socket is replaced; a live one is Fatal (a second instance). An empty path serves nothing. Never ends by itself.
Task<> serve_health(std::string path, std::function<nlohmann::json()> document);

}  // namespace vivi
