// Cleaning, character by character: no locale, no allocation beyond the result.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/text.hpp"

#include <algorithm>

namespace vivi::dhcpd {
namespace {

constexpr std::size_t most_label = 63, most_name = 253, most_text = 64;

constexpr bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string clean_label(std::string_view raw) {
    std::string label;
    for (const char c : raw) {
        if (is_letter_or_digit(c)) label += c;
        else if (!label.empty() && (c == '-' || c == '_' || c == ' ')) label += '-';
        if (label.size() == most_label) break;
    }
    while (!label.empty() && label.back() == '-') label.pop_back();
    return label;
}

}  // namespace

std::string clean_hostname(std::string_view raw) {
    std::string name;
    while (!raw.empty()) {
        const auto dot = raw.find('.');
        const auto label = clean_label(raw.substr(0, dot));
        raw = dot == std::string_view::npos ? std::string_view{} : raw.substr(dot + 1);
        if (label.empty()) continue;
        if (name.size() + 1 + label.size() > most_name) break;
        name.append(name.empty() ? "" : ".").append(label);
    }
    return name;
}

std::string clean_text(std::string_view raw) {
    std::string text;
    std::ranges::copy_if(raw.substr(0, most_text), std::back_inserter(text), [](char c) { return c >= 0x20 && c < 0x7f; });
    return text;
}

}  // namespace vivi::dhcpd
