// One connection of a listener: its requests, one after the other, to its end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/http/server.hpp"
#include "common/http/stream.hpp"

namespace vivi::http {

/// Serves until the peer or a timeout ends it. `site` outlives it.
Task<> serve_connection(Stream stream, const Site& site, std::string peer);

/// Accepts an upgrade with `protocol` (empty: none) and runs the site's socket on it (websocket.cpp).
Task<> serve_websocket(Stream stream, const Site& site, Request request, BeastRequest upgrade, std::string protocol);

}  // namespace vivi::http
