// A registry line by line, and the longest assignment that a MAC begins with.
// SPDX-License-Identifier: Apache-2.0
#include "server/api/vendors.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace vivi::api {
namespace {

constexpr std::array<std::size_t, 3> lengths{9, 7, 6};  ///< Digits of MA-S, MA-M, MA-L: the longest first.
constexpr std::size_t longest_name = 200;
/// What the large blocks say that were handed out in smaller ones: nobody's name.
constexpr std::string_view registrar = "IEEE Registration Authority";

bool is_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

/// The first three fields of the record that `text` begins with, which is taken off; with a quoted field it may have several
/// lines.
std::vector<std::string> take_record(std::string_view& text) {
    std::vector<std::string> fields(1);
    bool is_quoted = false;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            if (is_quoted && text.substr(at + 1).starts_with('"'))
                fields.back() += text[++at];
            else
                is_quoted = !is_quoted;
        } else if (c == '\n' && !is_quoted) {
            break;
        } else if (c == ',' && !is_quoted) {
            fields.emplace_back();
        } else if (c != '\r') {
            fields.back() += c;
        }
    }
    text.remove_prefix(std::min(at + 1, text.size()));
    return fields;
}

std::string digits_of(Mac mac) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const auto octet : mac.octets) {
        text += digits[octet >> 4];
        text += digits[octet & 15];
    }
    return text;
}

}  // namespace

void Vendors::add(std::string_view csv) {
    while (!csv.empty()) {
        auto fields = take_record(csv);
        if (fields.size() < 3) continue;
        auto& assignment = fields[1];
        auto& name = fields[2];
        const bool has_length = std::ranges::find(lengths, assignment.size()) != lengths.end();
        if (!has_length || !std::ranges::all_of(assignment, is_digit)) continue;
        if (name.empty() || name.size() > longest_name || name == registrar || name == "Private") continue;
        names_.insert_or_assign(std::move(assignment), std::move(name));
    }
}

std::string_view Vendors::of(Mac mac) const {
    if (mac.is_locally_administered() || mac.is_group()) return {};
    const auto digits = digits_of(mac);
    for (const auto length : lengths) {
        if (const auto found = names_.find(std::string_view{digits}.substr(0, length)); found != names_.end())
            return found->second;
    }
    return {};
}

}  // namespace vivi::api
