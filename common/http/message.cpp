// What can be asked of a request without knowing who sent it.
// SPDX-License-Identifier: Apache-2.0
#include "common/http/message.hpp"

#include <charconv>

namespace vivi::http {

std::optional<std::string_view> find(const Headers& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::string_view Request::path() const { return std::string_view{target}.substr(0, target.find('?')); }

std::optional<std::string> decode_component(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            decoded += ' ';
        } else if (text[i] != '%') {
            decoded += text[i];
        } else {
            std::uint8_t octet = 0;
            if (i + 2 >= text.size()) return std::nullopt;
            const auto* const end = text.data() + i + 3;
            if (std::from_chars(text.data() + i + 1, end, octet, 16).ptr != end) return std::nullopt;
            decoded += static_cast<char>(octet);
            i += 2;
        }
    }
    return decoded;
}

std::optional<std::string> Request::query(std::string_view name) const {
    const auto mark = target.find('?');
    if (mark == std::string::npos) return std::nullopt;
    std::string_view rest{target};
    rest.remove_prefix(mark + 1);
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const auto pair = rest.substr(0, end);
        const auto equals = pair.find('=');
        if (decode_component(pair.substr(0, equals)) == name)
            return equals == std::string_view::npos ? std::string{} : decode_component(pair.substr(equals + 1));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    return std::nullopt;
}

Response text_response(int status, std::string text) {
    text += '\n';
    return {.status = status, .headers = {{"content-type", "text/plain; charset=utf-8"}}, .body = std::move(text)};
}

Response json_response(int status, std::string document) {
    return {.status = status, .headers = {{"content-type", "application/json; charset=utf-8"}}, .body = std::move(document)};
}

}  // namespace vivi::http
