// The session cookie and the token in it: made, found, cleared. Pure but for randomness.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/time.hpp"

namespace vivi::auth {

/// The prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis section 4.1.3.2).
inline constexpr std::string_view cookie_name = "__Host-vivi";

/// 32 random bytes, base64url.
std::string new_token();
/// What is stored of it: SHA-256, hexadecimal.
std::string hash_of(std::string_view token);

/// The value of a Set-Cookie field.
std::string set_cookie(std::string_view token, Seconds lifetime);
std::string clear_cookie();
/// The token in the value of a Cookie field (RFC 6265 section 4.2.1), when one of the right shape is there.
std::optional<std::string> token_in(std::string_view cookie_field);

}  // namespace vivi::auth
