// The syntax of IANA time zone names: what may become part of a path below /usr/share/zoneinfo.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vivi {

/// Whether `name` can be an IANA name ("Europe/Paris", "UTC", "Etc/GMT+1"): parts of letters, digits, '_', '-' and '+' that begin
/// with a letter, between single slashes, 64 characters at most. So no "..", no leading '/'. Says nothing about whether there is
/// such a zone.
constexpr bool is_time_zone_name(std::string_view name) noexcept {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    const auto is_other = [](char c) { return (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+'; };
    if (name.empty() || name.size() > 64) return false;
    bool begins = true;
    for (const char c : name) {
        if (!is_letter(c) && (begins || (!is_other(c) && c != '/'))) return false;
        begins = c == '/';
    }
    return !begins;
}

}  // namespace vivi
