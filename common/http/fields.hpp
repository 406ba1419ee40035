// The small grammar of HTTP fields: tokens, values, lists with weights.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vivi::http {

/// By octet: may it stand in a token (RFC 9110 section 5.6.2)?
inline constexpr auto token_octets = [] {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    std::array<bool, 256> may{};
    for (std::size_t c = 0; c < may.size(); ++c)
        may[c] =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.contains(static_cast<char>(c));
    return may;
}();

/// RFC 9110 section 5.6.2: what a method or a field name is made of.
constexpr bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return token_octets[static_cast<unsigned char>(c)]; });
}

/// RFC 9110 section 5.5: no line end and no other control character but the tab.
constexpr bool is_field_value(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (static_cast<unsigned char>(c) >= 0x20 && c != '\x7f') || c == '\t'; });
}

inline std::string lower_case(std::string_view text) {
    std::string lower{text};
    for (auto& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return lower;
}

/// Without blanks and tabs at both ends.
constexpr std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The elements of a comma-separated list, trimmed; empty ones are left out (RFC 9110 section 5.6.1).
inline std::vector<std::string_view> list_of(std::string_view text) {
    std::vector<std::string_view> elements;
    while (!text.empty()) {
        const auto comma = text.find(',');
        if (const auto element = trimmed(text.substr(0, comma)); !element.empty()) elements.push_back(element);
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return elements;
}

}  // namespace vivi::http
