// Serving the console.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/graphiql.hpp"

#include <string>

namespace vivi::transport {
namespace {

http::Response file(std::string_view content_type, std::string_view text) {
    return {.status = 200,
            .headers = {{"content-type", std::string{content_type}},
                        {"cache-control", "no-store"},
                        {"content-security-policy",
                         "default-src 'self'; img-src data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
                         "frame-ancestors 'none'"}},
            .body = std::string{text}};
}

}  // namespace

std::optional<http::Response> answer_graphiql(const http::Request& request, bool is_development) {
    const auto path = request.path();
    const bool is_page = path == "/graphiql", is_style = path == "/graphiql.css", is_script = path == "/graphiql.js";
    if (!is_page && !is_style && !is_script) return std::nullopt;
    if (!is_development) return http::text_response(404, "the console is for development only");
    if (request.method != "GET" && request.method != "HEAD") return http::text_response(405, "the console can only be read");
    if (is_style) return file("text/css; charset=utf-8", graphiql_style());
    if (is_script) return file("text/javascript; charset=utf-8", graphiql_script());
    return file("text/html; charset=utf-8", graphiql_page());
}

}  // namespace vivi::transport
