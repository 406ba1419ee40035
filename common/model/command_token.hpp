// The token of one request to a router's embedded API: who may have it done is decided by the server, not by the hub that carries
// it. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/core/crypto.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::model {

using TokenNonce = std::array<std::byte, 16>;

/// The one request a token is good for. Not carried: the router knows each of them by itself, and signs and checks must agree.
struct TokenScope {
    std::string custody{};      ///< UUID, lower case: the custody the router is in.
    std::string fingerprint{};  ///< Of the router's key, "SHA256:…", as ssh-keygen -l prints it.
    std::string boot_id{};      ///< Of the kernel that issued the nonce (/proc/sys/kernel/random/boot_id).
    std::string method{};       ///< "POST".
    std::string target{};       ///< Path and query, byte for byte as in the request line.
    crypto::Sha256 body{};      ///< SHA-256 of the body; of nothing when there is none.
};

/// What a token says beside that.
struct TokenGrant {
    std::string
        command{};  ///< UUID, lower case: the router carries out a command once, however often it is asked; empty for a question.
    TokenNonce nonce{};  ///< Issued by the router, good once.
    Seconds lifetime{};  ///< From the moment the router issued the nonce, by its own steady clock.
};

/// A token as it was presented; nothing of it is to be believed before verify().
struct CommandToken {
    TokenGrant grant{};
    std::uint64_t key = 0;  ///< key_id() of the key that is said to have signed.
    crypto::Signature signature{};
};

/// The first 8 bytes of the SHA-256 of a public key: which of the keys it is.
std::uint64_t key_id(const crypto::PublicKey& key);

/// The value of an `authorization` header, "Vivi …". `lifetime` in 1..65535 s and `command` at most 64 characters: a
/// precondition.
std::string sign_token(const TokenScope& scope, const TokenGrant& grant, const crypto::SigningKey& key);

/// Reads such a value, whoever sent it. Invalid when it is no token: another scheme, foreign characters, a wrong length.
Result<CommandToken> parse_token(std::string_view authorization);

/// Denied unless one of `keys` signed `token` for exactly `scope`. That the nonce is issued, unused and not over is the caller's.
Status verify_token(const CommandToken& token, const TokenScope& scope, std::span<const crypto::PublicKey> keys);

}  // namespace vivi::model
