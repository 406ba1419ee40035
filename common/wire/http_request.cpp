// Request line and fields, line by line.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/http_request.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "common/core/net.hpp"

namespace vivi::wire::http {
namespace {

/// RFC 9110 section 9 and RFC 5789, each with the space behind it. Others (WebDAV, inventions) are not looked at.
constexpr std::array<std::string_view, 9> methods{"GET ",     "HEAD ",    "POST ",  "PUT ",  "DELETE ",
                                                  "CONNECT ", "OPTIONS ", "TRACE ", "PATCH "};
constexpr int most_fields = 100;

bool equals_ignoring_case(std::string_view text, std::string_view lower) noexcept {
    return std::ranges::equal(text, lower, {}, [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// "www.example.org:8080" (RFC 3986 section 3.2, without user information): the name, unless it is an address literal.
Name name_in(std::string_view authority) noexcept {
    Name name;
    const auto host = authority.substr(0, authority.find(':'));
    if (host.empty() || host.front() == '[' || parse_ipv4(host) || !assign_host_name(name, as_bytes(host))) name.clear();
    return name;
}

/// The authority in a request target in absolute or authority form; empty in the other forms.
std::string_view authority_of(std::string_view request_line) noexcept {
    const bool is_connect = request_line.starts_with("CONNECT ");
    auto target = request_line.substr(std::min(request_line.find(' ') + 1, request_line.size()));
    target = target.substr(0, target.find(' '));
    if (is_connect) return target;
    constexpr std::string_view scheme = "http://";
    if (!equals_ignoring_case(target.substr(0, scheme.size()), scheme)) return {};
    target.remove_prefix(scheme.size());
    return target.substr(0, target.find_first_of("/?#"));
}

}  // namespace

std::expected<Name, ParseError> parse_host(BytesView stream) noexcept {
    auto rest = as_text(stream);
    const auto begins = [&](std::string_view method) { return rest.substr(0, method.size()) == method.substr(0, rest.size()); };
    if (rest.empty() || !std::ranges::any_of(methods, begins)) return std::unexpected{ParseError::Unsupported};

    for (int line_number = 0; line_number <= most_fields; ++line_number) {
        const auto end = rest.find('\n');
        if (end == std::string_view::npos) return std::unexpected{ParseError::Truncated};
        const auto line = trimmed(rest.substr(0, end));
        rest.remove_prefix(end + 1);
        if (line_number == 0) {
            if (line.find(" HTTP/1.") == std::string_view::npos) return std::unexpected{ParseError::Unsupported};
            if (const auto authority = authority_of(line); !authority.empty()) return name_in(authority);
            continue;
        }
        if (line.empty()) return Name{};
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && equals_ignoring_case(line.substr(0, colon), "host"))
            return name_in(trimmed(line.substr(colon + 1)));
    }
    return std::unexpected{ParseError::Malformed};
}

}  // namespace vivi::wire::http
