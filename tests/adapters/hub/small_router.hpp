// The router's end of commands, small and honest: nonces that are good once, tokens that are verified, ids that are done once.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "common/core/crypto.hpp"
#include "common/http/server.hpp"
#include "common/model/command_token.hpp"
#include "common/model/event.hpp"

namespace vivi::test {

using Json = nlohmann::json;

/// What a router is asked, and what it did. Its memory of commands outlives restart(), as the protocol wants it.
struct SmallRouter {
    std::string custody{}, fingerprint{};
    std::string boot_id = "boot-1";
    std::vector<crypto::PublicKey> keys{};
    std::set<std::string> nonces{};
    std::map<std::string, Json> commands{};  ///< Their documents, by id.
    std::vector<std::string> done{};         ///< "POST /v1/…", as often as it was carried out.
    std::vector<std::string> tokens{};       ///< Every one that was shown.
    std::vector<std::string> asked{};        ///< Ids that were asked about.
    std::string bundle{};                    ///< What was uploaded.
    std::size_t bundle_bytes = 0;            ///< Until so many are here; 0: no update waits.
    std::string ends_as = "succeeded";       ///< What becomes of a command at once; "running": test ends it.
    bool says_nothing = false;               ///< Carries out and does not answer.
    int answers_busy = 0;                    ///< So many times.
    std::size_t nonces_given = 0;

    http::Response answer(const http::Request& request) {
        if (request.target == "/v1/nonce") return give_nonce();
        if (request.target == "/v1/system") return reply(200, {{"boot_id", boot_id}, {"software", "small router 1"}});
        if (request.target == "/v1/health") return reply(200, {{"software", "small router 1"}});
        if (request.target.starts_with("/v1/commands/")) return tell(request.target.substr(13));
        if (request.path() == "/v1/return") return refuse(404, "this router is never returned");
        if (request.method == "PUT") return take_part(request);
        return carry_out(request);
    }
    /// The daemon forgets its nonces and keeps its commands.
    void restart() { nonces.clear(); }
    void end(const std::string& id, const std::string& state) { commands.at(id)["state"] = state; }

private:
    static http::Response reply(int status, const Json& document) { return http::json_response(status, document.dump()); }
    static http::Response refuse(int status, const std::string& detail) {
        return reply(status, {{"error", {{"code", "denied"}, {"detail", detail}}}});
    }
    http::Response give_nonce() {
        ++nonces_given;
        const auto nonce = crypto::random_id(16);
        nonces.insert(nonce);
        return reply(200, {{"nonce", nonce}, {"boot_id", boot_id}, {"custody", custody}});
    }
    http::Response tell(const std::string& id) {
        asked.push_back(id);
        const auto found = commands.find(id);
        return found == commands.end() ? refuse(404, "no such command") : document(id);
    }
    http::Response document(const std::string& id) {
        auto json = commands.at(id);
        if (bundle.size() < bundle_bytes) json["upload"] = {{"offset", bundle.size()}, {"size_bytes", bundle_bytes}};
        return reply(json["state"] == "running" ? 202 : 200, json);
    }
    http::Response take_part(const http::Request& request) {
        if (request.query("offset") != std::to_string(bundle.size())) return reply(409, {{"offset", bundle.size()}});
        bundle += request.body;
        return reply(200, {{"offset", bundle.size()}});
    }
    http::Response carry_out(const http::Request& request) {
        const auto authorization = http::find(request.headers, "authorization").value_or("");
        tokens.emplace_back(authorization);
        if (answers_busy > 0) return --answers_busy, refuse(503, "busy");
        const auto token = model::parse_token(authorization);
        if (!token) return refuse(401, token.error().detail);
        const model::TokenScope scope{.custody = custody,
                                      .fingerprint = fingerprint,
                                      .boot_id = boot_id,
                                      .method = request.method,
                                      .target = request.target,
                                      .body = crypto::sha256(as_bytes(request.body))};
        if (const auto verdict = model::verify_token(*token, scope, keys); !verdict) return refuse(401, verdict.error().detail);
        if (nonces.erase(crypto::to_hex(token->grant.nonce)) == 0) return refuse(401, "the nonce is unknown or used");
        const auto& id = token->grant.command;
        if (!commands.contains(id)) {
            commands[id] = {
                {"command", id}, {"state", ends_as}, {"progress", nullptr}, {"detail", ""}, {"result", {{"said", "yes"}}}};
            done.push_back(request.method + " " + request.target);
        }
        return document(id);
    }
};

}  // namespace vivi::test
