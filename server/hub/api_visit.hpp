// A look at a router's embedded API through its tunnel.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/http/message.hpp"
#include "common/ssh/session.hpp"

namespace vivi::hub {

/// What the router's embedded API says of it.
struct ApiVisit {
    std::string software{};
    std::string boot_id{};
};

/// Any request over a fresh channel; at most 1 MiB of answer. Timeout after 10 s: whether it was done is not known. Unavailable
/// when nobody answers.
Task<Result<http::Response>> ask(ssh::Session& session, http::Request request);

/// GET `target` over a fresh channel, as ask().
Task<Result<http::Response>> get(ssh::Session& session, std::string target);

/// POST of a JSON document, as get().
Task<Result<http::Response>> post(ssh::Session& session, std::string target, std::string body);

/// GET /v1/health and /v1/system. Invalid when the answers are not what the API promises.
Task<Result<ApiVisit>> visit_embedded_api(ssh::Session& session);

}  // namespace vivi::hub
