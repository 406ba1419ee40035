// Randomness, hashes, their text forms, and the AES of QUIC. The only place of libsodium and OpenSSL outside server/auth.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
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

/// HMAC-SHA-256, RFC 2104.
Sha256 hmac_sha256(BytesView key, BytesView message);
/// HKDF-Extract with SHA-256, RFC 5869 section 2.2.
Sha256 hkdf_extract(BytesView salt, BytesView key_material);
/// HKDF-Expand-Label of TLS 1.3 (RFC 8446 section 7.1) with SHA-256 and an empty context: fills `out`, at most one block of 32
/// bytes. `label` without "tls13 ", at most 32 characters. Allocates nothing.
void hkdf_expand_label(BytesView secret, std::string_view label, std::span<std::byte> out);

/// Ed25519, RFC 8032: 32 bytes of public key, 64 of signature.
using PublicKey = std::array<std::byte, 32>;
using Signature = std::array<std::byte, 64>;

/// The private half. Keep it where only its owner reads; it is wiped when it goes.
class SigningKey {
public:
    static constexpr std::size_t seed_bytes = 32;  ///< What a key file holds (RFC 8032 section 5.1.5).
    static SigningKey generate();
    /// Nothing when `seed` has not 32 bytes.
    static std::optional<SigningKey> from_seed(BytesView seed);
    SigningKey(SigningKey&&) noexcept;
    SigningKey& operator=(SigningKey&&) noexcept;
    ~SigningKey();

    Signature sign(BytesView message) const;
    const PublicKey& public_key() const noexcept { return public_; }
    BytesView seed() const noexcept { return BytesView{secret_}.first(seed_bytes); }

private:
    SigningKey() = default;

    std::array<std::byte, 64> secret_{};  // libsodium's form: the seed, then the public key.
    PublicKey public_{};
};

/// True when `key` signed exactly `message`. Another encoding of a valid signature is refused (RFC 8032 section 5.1.7).
bool verify(const PublicKey& key, BytesView message, const Signature& signature);
/// "ed25519:" and 43 characters of base64url, as settings and documents hold a public key.
std::string to_text(const PublicKey& key);
std::optional<PublicKey> parse_public_key(std::string_view text);

/// AES-128 for one packet after another: OpenSSL's contexts are made once, a call allocates nothing. One thread.
class Aes128 {
public:
    static constexpr std::size_t block_bytes = 16, tag_bytes = 16;
    using Key = std::array<std::byte, 16>;
    using Nonce = std::array<std::byte, 12>;
    using Block = std::array<std::byte, block_bytes>;

    Aes128();
    Aes128(Aes128&&) noexcept;
    Aes128& operator=(Aes128&&) noexcept;
    ~Aes128();

    /// One block, FIPS 197.
    Block encrypt(const Key& key, const Block& block);
    /// GCM, NIST SP 800-38D: decrypts `sealed` (the tag is its last 16 bytes) in place. The plain text, or nothing when the tag
    /// does not fit; what is in `sealed` then means nothing.
    std::optional<BytesView> open(const Key& key, const Nonce& nonce, BytesView associated, std::span<std::byte> sealed);

private:
    struct Contexts;
    std::unique_ptr<Contexts> contexts_;
};

}  // namespace vivi::crypto
