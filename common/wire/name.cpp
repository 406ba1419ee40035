// Labels into text: folded, escaped, bounded.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/name.hpp"

#include <algorithm>

namespace vivi::wire {
namespace {

constexpr std::size_t most_label_octets = 63;  // RFC 1035 section 2.3.4.

constexpr char folded(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_plain(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

}  // namespace

bool Name::put(char c) noexcept {
    if (size_ == text_.size()) return false;
    text_.at(size_++) = c;
    return true;
}

bool Name::append(BytesView label) noexcept {
    if (label.empty() || label.size() > most_label_octets) return false;
    if (!empty() && !put('.')) return false;
    for (const auto octet : label) {
        const auto value = std::to_integer<unsigned>(octet);
        const char c = folded(static_cast<char>(value));
        if (is_plain(c)) {
            if (!put(c)) return false;
        } else {
            const auto digit = [](unsigned number) { return static_cast<char>('0' + number % 10); };
            if (!put('\\') || !put(digit(value / 100)) || !put(digit(value / 10)) || !put(digit(value))) return false;
        }
    }
    return true;
}

bool assign_host_name(Name& name, BytesView host_name) noexcept {
    name.clear();
    constexpr auto dot = std::byte{'.'};
    if (!host_name.empty() && host_name.back() == dot) host_name = host_name.first(host_name.size() - 1);
    if (host_name.empty()) return false;
    for (;;) {
        const auto end = std::ranges::find(host_name, dot);
        const auto length = static_cast<std::size_t>(end - host_name.begin());
        if (!name.append(host_name.first(length))) return false;
        if (end == host_name.end()) return true;
        host_name = host_name.subspan(length + 1);
    }
}

}  // namespace vivi::wire
