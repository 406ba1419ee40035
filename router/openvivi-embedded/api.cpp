// Routes of the embedded API.
// SPDX-License-Identifier: Apache-2.0
#include "router/openvivi-embedded/api.hpp"

#include "common/runtime/clock.hpp"

namespace vivi::openvivi_embedded {
namespace {

http::Response json_response(int status, const nlohmann::json& document, http::Headers more = {}) {
    more.emplace_back("content-type", "application/json");
    more.emplace_back("cache-control", "no-store");
    return {.status = status,
            .headers = std::move(more),
            .body = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

http::Response error_response(int status, Code code, const std::string& detail, http::Headers more = {}) {
    return json_response(status, {{"error", {{"code", to_string(code)}, {"detail", detail}}}}, std::move(more));
}

}  // namespace

Task<http::Response> Api::handle(http::Request request) const { co_return answer(request); }

http::Response Api::answer(const http::Request& request) const {
    const auto path = request.path();
    const auto* document = path == "/v1/health" ? &health_ : path == "/v1/system" ? &system_ : nullptr;
    if (document == nullptr) return error_response(404, Code::NotFound, "there is no such path");
    if (request.method != "GET") return error_response(405, Code::Invalid, "only GET is possible here", {{"allow", "GET"}});
    return json_response(200, (*document)());
}

nlohmann::json health_document(const TunnelState& tunnel) {
    const auto since = tunnel.since ? std::chrono::duration_cast<Seconds>(now() - *tunnel.since).count() : 0;
    return {{"status", "ok"},
            {"software", "vivi-openvivi-embedded " VIVI_VERSION},
            {"tunnel",
             {{"connected", tunnel.is_connected},
              {"hub", tunnel.hub},
              {"since_seconds", since},
              {"why_offline", tunnel.why_offline},
              {"connections", tunnel.connections},
              {"channels", tunnel.channels}}}};
}

}  // namespace vivi::openvivi_embedded
