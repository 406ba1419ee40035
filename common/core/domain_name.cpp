// Case, final dots, labels and IDNA.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/domain_name.hpp"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "common/core/net.hpp"

namespace vivi {
namespace {

constexpr std::size_t most_characters = 253, most_label_characters = 63;

bool is_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// RFC 5891 section 4 by way of the mapping of UTS 46, as browsers do it.
std::optional<std::string> to_a_labels(const std::string& text) {
    char* made = nullptr;
    const int result = ::idn2_to_ascii_8z(text.c_str(), &made, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const std::unique_ptr<char, decltype(&::idn2_free)> owned{made, [](void* p) { ::idn2_free(p); }};
    if (result != IDN2_OK) return std::nullopt;
    return std::string{made};
}

constexpr bool is_of_label(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

}  // namespace

std::optional<std::string> normalise_domain(std::string_view text) {
    if (text.ends_with('.')) text.remove_suffix(1);
    if (text.empty() || text.size() > 4 * most_characters || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::string name{text};
    if (!is_ascii(name)) {
        auto converted = to_a_labels(name);
        if (!converted) return std::nullopt;
        name = *std::move(converted);
    }
    for (auto& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (!is_normalised_domain(name)) return std::nullopt;
    return name;
}

bool is_normalised_domain(std::string_view text) noexcept {
    if (text.empty() || text.size() > most_characters) return false;
    if (text.back() >= '0' && text.back() <= '9' && parse_ipv4(text)) return false;
    std::size_t label = 0;
    for (const auto c : text) {
        if (c == '.' ? label == 0 : !is_of_label(c) || label == most_label_characters) return false;
        label = c == '.' ? 0 : label + 1;
    }
    return label > 0;
}

bool is_at_or_below(std::string_view name, std::string_view suffix) noexcept {
    if (!name.ends_with(suffix)) return false;
    return name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.';
}

}  // namespace vivi
