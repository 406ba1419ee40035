// The tables behind the guard.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/guard.hpp"

#include <algorithm>

namespace vivi::auth {
namespace {

bool is_json(std::string_view content_type) noexcept {
    const auto type = content_type.substr(0, content_type.find(';'));
    return type.starts_with("application/json") || type.starts_with("application/graphql-response+json");
}

bool is_own_origin(const Provenance& request, std::span<const std::string> origins) noexcept {
    if (!origins.empty()) return std::ranges::find(origins, request.origin) != origins.end();
    const auto scheme = request.origin.find("://");
    if (scheme == std::string_view::npos || request.origin.substr(scheme + 3) != request.host) return false;
    return request.scheme.empty() || request.origin.substr(0, scheme) == request.scheme;
}

}  // namespace

bool may_act(const Provenance& request, std::span<const std::string> origins) noexcept {
    if (!is_json(request.content_type)) return false;
    if (!request.origin.empty()) return is_own_origin(request, origins);
    if (!request.fetch_site.empty()) return request.fetch_site == "same-origin" || request.has_custom_header;
    return true;  // Not a browser: nothing sends it a cookie behind its back.
}

}  // namespace vivi::auth
