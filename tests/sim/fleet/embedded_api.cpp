// Answers and made-up outcomes.
// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/fleet/embedded_api.hpp"

#include <nlohmann/json.hpp>

#include "common/model/command_token.hpp"

namespace vivi::sim {
namespace {

using model::Json;
constexpr std::size_t most_nonces = 64;  // As the real one (gate.hpp): the oldest are forgotten first.

http::Response reply(int status, const Json& document) { return http::json_response(status, document.dump()); }

http::Response refuse(int status, const std::string& detail) {
    return reply(status, {{"error", {{"code", "denied"}, {"detail", detail}}}});
}

/// As much as a real router would say.
Json outcome_of(std::string_view path) {
    if (path == "/v1/diagnostics/ping")
        return {{"address", "192.0.2.1"}, {"sent", 4}, {"received", 4}, {"times_ms", {8, 9, 8, 10}}};
    if (path == "/v1/diagnostics/dns") return {{"addresses", {"192.0.2.1"}}, {"milliseconds", 12}};
    if (path == "/v1/diagnostics/throughput")
        return {{"interfaces", {{"uplink0", {{"received_bits_per_second", 80'000'000}, {"sent_bits_per_second", 9'000'000}}}}}};
    if (path.ends_with("/logs")) return {{"text", "a simulated router writes no log\n"}};
    return Json::object();
}

}  // namespace

http::Response EmbeddedApi::answer(const http::Request& request, const Scope& scope) {
    constexpr std::string_view commands = "/v1/commands/";
    if (request.target == "/v1/nonce") return give_nonce(scope);
    if (request.target == "/v1/health") return reply(200, {{"status", "ok"}, {"software", "vivi-sim-router " VIVI_VERSION}});
    if (request.target == "/v1/system")
        return reply(200, {{"software", "vivi-sim-router " VIVI_VERSION}, {"boot_id", scope.boot_id}});
    if (request.target.starts_with(commands)) {
        const auto found = commands_.find(request.target.substr(commands.size()));
        return found == commands_.end() ? refuse(404, "this router never accepted such a command") : reply(200, found->second);
    }
    if (request.method == "POST") return carry_out(request, scope);
    return refuse(404, "a simulated router has no such path");
}

http::Response EmbeddedApi::give_nonce(const Scope& scope) {
    if (nonces_.size() >= most_nonces) nonces_.clear();
    const auto nonce = *nonces_.insert(crypto::random_id(16)).first;
    return reply(200, {{"nonce", nonce}, {"boot_id", scope.boot_id}, {"custody", scope.custody}});
}

http::Response EmbeddedApi::carry_out(const http::Request& request, const Scope& scope) {
    const auto token = model::parse_token(http::find(request.headers, "authorization").value_or(""));
    if (!token) return refuse(401, token.error().detail);
    const model::TokenScope signed_for{.custody = scope.custody,
                                       .fingerprint = scope.fingerprint,
                                       .boot_id = scope.boot_id,
                                       .method = request.method,
                                       .target = request.target,
                                       .body = crypto::sha256(as_bytes(request.body))};
    if (const auto verdict = model::verify_token(*token, signed_for, scope.keys); !verdict)
        return refuse(401, verdict.error().detail);
    if (nonces_.erase(crypto::to_hex(token->grant.nonce)) == 0) return refuse(401, "the nonce is unknown or used");
    const auto& id = token->grant.command;
    if (const auto known = commands_.find(id); known != commands_.end()) return reply(200, known->second);
    const bool is_possible = request.path() != "/v1/update" && request.path() != "/v1/system/poweroff";
    commands_[id] = {{"command", id},
                     {"state", is_possible ? "succeeded" : "failed"},
                     {"progress", nullptr},
                     {"detail", is_possible ? "" : "a simulated router cannot do that"},
                     {"result", is_possible ? outcome_of(request.path()) : Json::object()}};
    reboots_ = request.path() == "/v1/system/reboot";
    return reply(200, commands_.at(id));
}

}  // namespace vivi::sim
