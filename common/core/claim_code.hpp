// The code an organiser reads off a router and types to have it: ten characters nobody guesses and one that finds typing errors.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"

namespace vivi {

/// Crockford's base 32 (crockford.com/base32.html): no I, L, O or U, so that nothing is read for something else.
inline constexpr std::size_t claim_code_characters = 10;  ///< 50 bits.

/// "7ZK4T-9QH2M-R": ten characters of `random` and the check symbol (the number modulo 37). Precondition: at least 7 bytes.
std::string make_claim_code(BytesView random);

/// The ten characters of what somebody typed, upper case: small letters, spaces and dashes are fine, O is 0, I and L are 1.
/// Nothing when it has another length, a foreign character, or a check symbol that does not fit.
std::optional<std::string> parse_claim_code(std::string_view typed);

}  // namespace vivi
