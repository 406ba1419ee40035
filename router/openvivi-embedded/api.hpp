// The embedded API: which request is answered by what.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "common/http/message.hpp"
#include "router/openvivi-embedded/tunnel.hpp"

namespace vivi::openvivi_embedded {

/// GET /v1/health and GET /v1/system as JSON; 404 for other paths, 405 for other methods.
class Api {
public:
    using Document = std::function<nlohmann::json()>;
    Api(Document health, Document system) : health_{std::move(health)}, system_{std::move(system)} {}

    Task<http::Response> handle(http::Request request) const;

private:
    http::Response answer(const http::Request& request) const;

    Document health_, system_;
};

/// {"status":"ok","software","tunnel":{"connected","hub","since_seconds","why_offline","connections","channels"}}
nlohmann::json health_document(const TunnelState& tunnel);

}  // namespace vivi::openvivi_embedded
