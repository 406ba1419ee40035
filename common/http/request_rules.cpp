// Refusing what two parsers could understand differently.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/request_rules.hpp"

#include "common/http/fields.hpp"

namespace vivi::http {
namespace {

std::size_t count(const Headers& headers, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count_if(headers, [&](const auto& field) { return field.first == name; }));
}

/// uri-host [ ":" port ] (RFC 9110 section 7.2), as far as characters go: no blank, no path, no user. Empty is a host too.
bool is_host(std::string_view text) {
    constexpr std::string_view marks = "-._~!$&'()*+;=%:[]";
    return std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.contains(c);
    });
}

bool is_number(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::string> origin_form(std::string_view target) {
    if (target == "*") return std::string{target};
    if (!target.starts_with('/')) {
        const auto scheme_end = target.find("://");
        if (scheme_end == std::string_view::npos) return std::nullopt;
        const auto scheme = lower_case(target.substr(0, scheme_end));
        if (scheme != "http" && scheme != "https") return std::nullopt;
        target.remove_prefix(scheme_end + 3);
        const auto path = target.find_first_of("/?");
        if (path == 0) return std::nullopt;  // No host.
        if (path == std::string_view::npos) return "/";
        target.remove_prefix(path);
        if (target.starts_with('?')) return "/" + std::string{target};
    }
    if (target.contains('#')) return std::nullopt;
    return std::string{target};
}

std::optional<Response> refuse(const RequestHead& head) {
    const auto& headers = head.request.headers;
    const auto hosts = count(headers, "host");
    if (hosts > 1 || (hosts == 0 && !head.is_http_1_0)) return text_response(400, "a request needs exactly one Host field");
    if (hosts == 1 && !is_host(*find(headers, "host"))) return text_response(400, "the Host field is not a host");
    if (const auto codings = count(headers, "transfer-encoding"); codings > 0) {
        if (head.is_http_1_0) return text_response(400, "Transfer-Encoding does not exist in HTTP/1.0");
        if (count(headers, "content-length") > 0) return text_response(400, "both Content-Length and Transfer-Encoding");
        if (codings > 1 || lower_case(*find(headers, "transfer-encoding")) != "chunked")
            return text_response(400, "the only transfer coding understood is chunked");
    }
    if (count(headers, "content-length") > 1) return text_response(400, "more than one Content-Length");
    if (const auto length = find(headers, "content-length"); length && !is_number(*length))
        return text_response(400, "the Content-Length is not one number");
    if (const auto expected = find(headers, "expect"); expected && lower_case(*expected) != "100-continue")
        return text_response(417, "the only expectation understood is 100-continue");
    if (!origin_form(head.request.target)) return text_response(400, "the target must be a path");
    return std::nullopt;
}

}  // namespace vivi::http
