// Asking a router's embedded API with curl, as the hub does with tokens that vivi-server signs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/model/command_token.hpp"
#include "tests/adapters/child.hpp"

namespace vivi::test {

inline std::string text_of_file(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream{path, std::ios::binary}.rdbuf();
    return text.str();
}

struct Answer {
    int status = 0;  ///< 0: none.
    std::string text{};
    nlohmann::json json() const { return nlohmann::json::parse(text, nullptr, false); }
};

class EmbeddedClient {
public:
    Answer ask(const std::string& method, const std::string& target, const std::string& body = "", const std::string& token = "",
               const std::string& more = "") const {
        std::ofstream{folder_ / "body", std::ios::binary} << body;
        std::ofstream{folder_ / "answer"} << "";
        std::string command = "curl -s --path-as-is -m 20 " + more + " -X " + method + " -o '" + (folder_ / "answer") +
                              "' -w '%{http_code}' --unix-socket '" + socket + "' ";
        if (!body.empty()) command += "--data-binary '@" + (folder_ / "body") + "' ";
        if (!token.empty()) command += "-H 'authorization: " + token + "' ";
        command += "'http://router" + target + "' > '" + (folder_ / "status") + "' || true";
        run_to_end({.command = {"/bin/sh", "-c", command}});
        Answer answer{.text = text_of_file(folder_ / "answer")};
        std::istringstream{text_of_file(folder_ / "status")} >> answer.status;
        return answer;
    }
    /// As vivi-server signs it, with a nonce of the router.
    std::string token_for(const std::string& method, const std::string& target, const std::string& body,
                          const std::string& command) const {
        const auto issued = ask("GET", "/v1/nonce").json();
        const model::TokenScope scope{.custody = issued.at("custody"),
                                      .fingerprint = fingerprint,
                                      .boot_id = issued.at("boot_id"),
                                      .method = method,
                                      .target = target,
                                      .body = crypto::sha256(as_bytes(body))};
        model::TokenGrant grant{.command = command, .lifetime = Seconds{60}};
        std::ranges::copy(*crypto::from_hex(issued.at("nonce").get<std::string>()), grant.nonce.begin());
        return model::sign_token(scope, grant, key);
    }
    Answer question(const std::string& target, const std::string& more = "") const {
        return ask("GET", target, "", token_for("GET", target, "", ""), more);
    }
    Answer command(const std::string& target, const std::string& body, const std::string& id) const {
        return ask("POST", target, body, token_for("POST", target, body, id));
    }
    /// The command's document once it is over.
    nlohmann::json outcome(const std::string& id, Milliseconds most = Milliseconds{30'000}) const {
        Answer answer;
        await("the end of " + id, [&] { return (answer = ask("GET", "/v1/commands/" + id)).status == 200; }, most);
        return answer.json();
    }

    std::string socket{};
    std::string fingerprint{};
    crypto::SigningKey key = crypto::SigningKey::generate();

private:
    TempFolder folder_{};
};

}  // namespace vivi::test
