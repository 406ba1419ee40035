// The origin check of a handshake (RFC 6455 section 10.2).
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/origin.hpp"

#include <algorithm>

namespace vivi::transport {

bool is_allowed_origin(const http::Request& request, const std::vector<std::string>& allowed) {
    const auto origin = http::find(request.headers, "origin");
    if (!origin) return true;
    if (!allowed.empty()) return std::find(allowed.begin(), allowed.end(), *origin) != allowed.end();
    const auto host = http::find(request.headers, "host");
    const auto scheme_end = origin->find("://");
    if (!host || scheme_end == std::string_view::npos || origin->substr(scheme_end + 3) != *host) return false;
    return request.scheme.empty() || origin->substr(0, scheme_end) == request.scheme;
}

}  // namespace vivi::transport
