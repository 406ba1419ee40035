// A browser as far as these tests need one: HTTP requests with a cookie, and a graphql-transport-ws socket.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/runtime/task.hpp"

namespace vivi::test {

using Json = nlohmann::json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Answer {
    int status = 0;
    Pairs headers{};
    std::string body{};

    std::string header(const std::string& name) const;
    Json json() const { return Json::parse(body, nullptr, false); }
};

/// One request on a connection of its own; status 0 when nobody listens.
Task<Answer> request(std::uint16_t port, std::string method, std::string target, Pairs headers, std::string body);

/// One WebSocket to /graphql.
class LiveSocket {
public:
    LiveSocket();
    ~LiveSocket();
    /// The status of the refusal, or 101.
    Task<int> open(std::uint16_t port, Pairs headers);
    Task<> send(Json message);
    /// The next message; {"closed":code} when the peer closed.
    Task<Json> receive();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace vivi::test
