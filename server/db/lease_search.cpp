// What a person types to find a lease, as a range: ranges are conditions of an index, also under row-level security.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "server/db/leases.hpp"

namespace vivi::db {
namespace {

constexpr std::size_t digits_of_a_mac = 12;
constexpr std::size_t digits_of_an_octet = 3;

bool is_decimal(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_decimal(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// "10", "10.", "10.66", …: the octets that are there, the rest 0 and 255.
std::optional<LeaseSearch> beginning_of_address(std::string_view text) {
    std::string from{text};
    if (from.ends_with('.')) from.pop_back();
    auto to = from;
    for (auto octets = std::ranges::count(from, '.') + 1; octets < 4; ++octets) {
        from += ".0";
        to += ".255";
    }
    if (!parse_ipv4(from)) return std::nullopt;
    return LeaseSearch{.is_address = true, .from = from, .to = to};
}

std::string as_mac(std::string digits, char filler) {
    digits.resize(digits_of_a_mac, filler);
    for (std::size_t at = 2; at < digits.size(); at += 3) digits.insert(at, 1, ':');
    return digits;
}

/// With dots only as Cisco writes them: behind the fourth and the eighth digit.
bool is_beginning_of_mac(std::string_view text) {
    const auto is_part = [](char c) { return is_hex(c) || c == ':' || c == '-' || c == '.'; };
    for (std::size_t at = text.find('.'); at != std::string_view::npos; at = text.find('.', at + 1)) {
        if (at != 4 && at != 9) return false;
    }
    const auto digits = std::ranges::count_if(text, is_hex);
    return std::ranges::all_of(text, is_part) && digits >= 2 && digits <= static_cast<std::ptrdiff_t>(digits_of_a_mac);
}

}  // namespace

std::optional<LeaseSearch> lease_search(std::string_view text) {
    if (const auto prefix = parse_ipv4_prefix(text)) {
        const std::uint32_t host = prefix->length == 0 ? ~std::uint32_t{0} : (std::uint32_t{1} << (32 - prefix->length)) - 1;
        return LeaseSearch{.is_address = true,
                           .from = to_string(Ipv4{prefix->address.value & ~host}),
                           .to = to_string(Ipv4{prefix->address.value | host})};
    }
    const bool is_number = std::ranges::all_of(text, is_decimal) && text.size() <= digits_of_an_octet && !text.empty();
    if (is_number || text.contains('.')) {
        if (auto address = beginning_of_address(text)) return address;
    }
    if (!is_beginning_of_mac(text)) return std::nullopt;
    std::string digits;
    for (const char c : text) {
        if (is_hex(c)) digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return LeaseSearch{.is_address = false, .from = as_mac(digits, '0'), .to = as_mac(digits, 'f')};
}

}  // namespace vivi::db
