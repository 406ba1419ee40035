// Crockford's base 32 with its check symbol, both ways.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/claim_code.hpp"

#include <cassert>
#include <cstdint>

namespace vivi {
namespace {

constexpr std::string_view symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";  // The last five are for the check only.
constexpr std::uint64_t base = 32, check_modulus = 37;

/// The value of a symbol, as forgiving as Crockford asks; 37 for none.
std::uint64_t value_of(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    const auto found = symbols.find(c);
    return found == std::string_view::npos ? check_modulus : found;
}

}  // namespace

std::string make_claim_code(BytesView random) {
    assert(random.size() >= 7);
    std::uint64_t number = 0;
    for (const auto byte : random.first(7)) number = number << 8 | std::to_integer<std::uint64_t>(byte);
    number &= (std::uint64_t{1} << 50) - 1;
    std::string code;
    for (std::size_t i = 0; i < claim_code_characters; ++i) {
        code += symbols[number >> (5 * (claim_code_characters - 1 - i)) & (base - 1)];
        if (i == 4) code += '-';
    }
    return code + '-' + symbols[number % check_modulus];
}

std::optional<std::string> parse_claim_code(std::string_view typed) {
    std::string code;
    std::uint64_t number = 0;
    bool is_checked = false;
    for (const char c : typed) {
        if (c == '-' || c == ' ') continue;
        const auto value = value_of(c);
        if (is_checked || value == check_modulus) return std::nullopt;
        if (code.size() == claim_code_characters) {
            if (number % check_modulus != value) return std::nullopt;
            is_checked = true;
            continue;
        }
        if (value >= base) return std::nullopt;
        code += symbols[value];
        number = number << 5 | value;
    }
    if (!is_checked) return std::nullopt;
    return code;
}

}  // namespace vivi
