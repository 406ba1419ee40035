// A push message as it travels: encrypted for one browser (RFC 8291 in the coding aes128gcm of RFC 8188), signed for its push
// service (RFC 8292). Pure. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "common/core/crypto_p256.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::notify {

/// What a browser gave for messages to it (RFC 8291 section 3).
struct PushReceiver {
    crypto::P256Point public_key{};      ///< p256dh
    std::array<std::byte, 16> secret{};  ///< auth
};

using PushSalt = std::array<std::byte, 16>;

/// Of the text: push services take bodies of 4096 bytes (RFC 8291 section 4), and 103 go to header, delimiter and tag.
inline constexpr std::size_t most_push_text = 3'993;

/// The body of the request. `once` and `salt` are random and never used again. Overflow: the text is too long. Invalid: the
/// receiver's key is no point of the curve.
Result<std::string> encrypt_push(std::string_view text, const PushReceiver& receiver, const crypto::P256Key& once,
                                 const PushSalt& salt);

/// The value of Authorization (RFC 8292 section 3): who sends, until when this holds (at most 24 h from now). `contact` is a
/// mailto: or https: URL. Invalid: the endpoint is no https URL.
Result<std::string> vapid_authorization(std::string_view endpoint, std::string_view contact, WallTime until,
                                        const crypto::P256Key& key);

/// The key of `push.key_file`: 43 characters of base64url on a line of its own, as vivi-admin push-key writes it.
Result<crypto::P256Key> parse_push_key(std::string_view text);

}  // namespace vivi::notify
