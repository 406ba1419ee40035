// One connection of a listener: its requests, one after the other, to its end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/http/server.hpp"
#include "common/http/stream.hpp"

namespace vivi::http {

/// Serves until the peer or a timeout ends it. `site` outlives it.
Task<> serve_connection(Stream stream, const Site& site, std::string peer);

/// A request to become a WebSocket that the site accepted.
struct Upgrade {
    Request request{};
    BeastRequest head{};
    std::string protocol{};  ///< Empty: none.
};
/// Accepts it and runs the site's socket on it (websocket.cpp). `stream` and `site` outlive it.
Task<> serve_websocket(Stream& stream, const Site& site, std::unique_ptr<Upgrade> upgrade);

}  // namespace vivi::http
