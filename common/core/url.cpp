// Reading the URLs of services.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace vivi {
namespace {

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        std::uint8_t octet = 0;
        const auto* const end = text.data() + i + 3;
        if (std::from_chars(text.data() + i + 1, end, octet, 16).ptr != end) return std::nullopt;
        decoded += static_cast<char>(octet);
        i += 2;
    }
    return decoded;
}

bool read_authority(std::string_view authority, Url& url, std::string& problem) {
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        const auto login = authority.substr(0, at);
        authority.remove_prefix(at + 1);
        const auto colon = login.find(':');
        const auto user = percent_decoded(login.substr(0, colon));
        const auto password = percent_decoded(colon == std::string_view::npos ? std::string_view{} : login.substr(colon + 1));
        if (!user || !password) {
            problem = "the login has a % that is not followed by two hexadecimal digits (write % as %25)";
            return false;
        }
        url.user = *user;
        url.password = *password;
    }
    const auto bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
    if (authority.starts_with('[') && bracket == std::string_view::npos) {
        problem = "the host's [ is not closed";
        return false;
    }
    const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    const auto host = authority.substr(0, colon);
    url.host = bracket == std::string_view::npos ? host : host.substr(1, bracket - 1);
    if (bracket != std::string_view::npos && host.size() != bracket + 1) {
        problem = "only :port may follow the host's ]";
        return false;
    }
    if (colon == std::string_view::npos) return true;
    const auto port = authority.substr(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (port.empty() || read.ec != std::errc{} || read.ptr != port.data() + port.size() || url.port == 0) {
        problem = "the port is not in 1..65535";
        return false;
    }
    return true;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
    Url url;
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos || scheme_end == 0)
        return failed(Code::Invalid, "not a URL: scheme://host:port/path is expected");
    for (const char letter : text.substr(0, scheme_end)) {
        if (!((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z')))
            return failed(Code::Invalid, "not a URL: the scheme has a foreign character");
        url.scheme += static_cast<char>(letter | 0x20);
    }
    text.remove_prefix(scheme_end + 3);
    if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }))
        return failed(Code::Invalid, "a URL has no spaces or control characters");
    const auto slash = text.find('/');
    std::string problem;
    if (!read_authority(text.substr(0, slash), url, problem)) return failed(Code::Invalid, problem);
    if (slash != std::string_view::npos) {
        const auto path = percent_decoded(text.substr(slash));
        if (!path) return failed(Code::Invalid, "the path has a % that is not followed by two hexadecimal digits");
        url.path = *path;
    }
    return url;
}

}  // namespace vivi
