// Randomness, hashes and their text forms. The only place of libsodium outside server/auth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"

namespace vivi::crypto {

using Sha256 = std::array<std::byte, 32>;

/// Cryptographically secure random bytes.
Bytes random_bytes(std::size_t count);
std::uint32_t random_u32();
/// `bytes` random bytes as lower-case hexadecimal; 16 bytes make an id nobody guesses.
std::string random_id(std::size_t bytes = 16);
/// SHA-256, FIPS 180-4.
Sha256 sha256(BytesView bytes);
std::string to_hex(BytesView bytes);
/// Even number of hexadecimal digits, or nothing.
std::optional<Bytes> from_hex(std::string_view text);
/// RFC 4648 section 5 (URL-safe), without padding.
std::string to_base64url(BytesView bytes);
/// The reverse; nothing when the text has a foreign character or padding.
std::optional<Bytes> from_base64url(std::string_view text);
/// Compares in constant time; false when the sizes differ.
bool equal(BytesView left, BytesView right);

}  // namespace vivi::crypto
