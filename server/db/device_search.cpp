// How MAC addresses are written: IEEE 802's dashes, Cisco's dots.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/db/device_pages.hpp"
#include "server/db/gathered.hpp"
#include "server/db/like.hpp"

namespace vivi::db {
namespace {

constexpr std::size_t longest_mac = 17;

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Groups of `size` digits with `separator` between them, at least one separator; the last group may be shorter.
bool is_grouped(std::string_view text, std::size_t size, char separator) {
    if (text.size() <= size || text.size() > longest_mac) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_place = i % (size + 1) == size;
        if (is_place ? text[i] != separator : !is_hex(text[i])) return false;
    }
    return true;
}

std::string pattern_of(std::string_view text) { return "%" + escape_like(text) + "%"; }

}  // namespace

std::vector<std::string> search_patterns(std::string_view search) {
    constexpr std::size_t most = 200;
    const auto text = clean(search, most);
    if (text.empty()) return {};
    std::vector<std::string> patterns{pattern_of(text)};
    auto mac = text;
    if (is_grouped(text, 2, '-')) {
        std::ranges::replace(mac, '-', ':');
        patterns.push_back(pattern_of(mac));
    } else if (is_grouped(text, 4, '.')) {
        std::erase(mac, '.');
        patterns.push_back(pattern_of(mac));
    }
    return patterns;
}

}  // namespace vivi::db
