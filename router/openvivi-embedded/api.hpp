// The embedded API: which request is answered by what, and who may ask (docs/embedded_api.yaml, docs/protocol.md section 7).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "common/http/message.hpp"
#include "router/openvivi-embedded/gate.hpp"
#include "router/openvivi-embedded/tunnel.hpp"
#include "router/openvivi-embedded/update.hpp"
#include "router/openvivi-embedded/works.hpp"

namespace vivi::openvivi_embedded {

/// What a token must be for, beside the request itself.
struct Whose {
    std::string fingerprint{};  ///< Of the router's key.
    std::string boot_id{};
    std::function<Task<std::string>()> custody{};  ///< Looked at for each request; empty: the router is nobody's.
};

class Api {
public:
    using Document = std::function<nlohmann::json()>;
    struct Ports {
        Document health, system;
        Gate& gate;
        Commands& commands;
        const Works& works;
        Update& update;
        net::thread_pool& slow;
    };
    Api(Ports ports, Whose whose) : ports_{std::move(ports)}, whose_{std::move(whose)} {}

    Task<http::Response> handle(http::Request request);

private:
    Task<http::Response> answer(const Route& route, std::string argument, http::Request request);
    Task<http::Response> answer_open(Action action, std::string argument, http::Request request);
    Task<http::Response> take_bundle(http::Request request);
    Task<http::Response> announce(CommandRecord record, std::string body);
    http::Response command_response(const CommandRecord& record) const;
    Task<http::Response> answer_question(Action action, std::string argument, http::Request request);
    Task<http::Response> answer_command(Action action, std::string argument, http::Request request, std::string command);
    Task<http::Response> logs(const http::Request& request, std::string unit);
    Task<http::Response> follow(std::string unit);
    Task<Result<model::TokenGrant>> admit(const http::Request& request);

    Ports ports_;
    Whose whose_;
    std::shared_ptr<int> streams_ =
        std::make_shared<int>(0);  // Shared with the streams that are being sent: they may outlive a request.
};

/// {"status":"ok","software","tunnel":{"connected","hub","since_seconds","why_offline","connections","channels"}}
nlohmann::json health_document(const TunnelState& tunnel);

}  // namespace vivi::openvivi_embedded
