// One-time codes from a shared secret and the time (RFC 6238, RFC 4226). Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/time.hpp"

namespace vivi::auth {

inline constexpr Seconds totp_step{30};               ///< RFC 6238 section 5.2
inline constexpr std::size_t totp_secret_bytes = 20;  ///< RFC 4226 section 4, R6: 160 bits recommended.
inline constexpr std::size_t totp_digits = 6;

/// Which step of 30 s since 1970 a moment is in.
std::int64_t totp_step_at(WallTime at) noexcept;
/// The code of a step, with leading zeros: HMAC-SHA-1, dynamic truncation (RFC 4226 section 5.3). Up to 8 digits.
std::string totp_code(BytesView secret, std::int64_t step, std::size_t digits = totp_digits);
/// The step whose code it is, of the one `at` is in, the one before and the one after (RFC 6238 section 5.2), when it is later
/// than `last_used`; nothing otherwise. Takes the same time whichever it is.
std::optional<std::int64_t> match_totp(BytesView secret, std::string_view code, WallTime at, std::int64_t last_used);

/// RFC 4648 section 6, without padding.
std::string to_base32(BytesView bytes);
/// What authenticators read from a QR code: otpauth://totp/Vivi:ann@example.org?secret=…&issuer=Vivi
std::string totp_uri(BytesView secret, std::string_view email);

}  // namespace vivi::auth
