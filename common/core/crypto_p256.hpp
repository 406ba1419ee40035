// Elliptic curve P-256 (FIPS 186-5): agreeing on a secret and signing, as Web Push needs them, with the AES-GCM and HKDF around
// it. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/crypto.hpp"

namespace vivi::crypto {

/// Uncompressed: 0x04, X, Y (SEC 1 section 2.3.3).
using P256Point = std::array<std::byte, 65>;
/// R, then S, 32 bytes each, as JWS has it (RFC 7518 section 3.4).
using P256Signature = std::array<std::byte, 64>;

/// Nothing when the bytes are no point of the curve.
std::optional<P256Point> parse_p256_point(BytesView bytes);

/// The private half with its public point. Keep it where only its owner reads.
class P256Key {
public:
    static constexpr std::size_t scalar_bytes = 32;
    static P256Key generate();
    /// Nothing when `scalar` has not 32 bytes, is zero, or not below the order of the curve.
    static std::optional<P256Key> from_scalar(BytesView scalar);
    P256Key(P256Key&&) noexcept;
    P256Key& operator=(P256Key&&) noexcept;
    ~P256Key();

    /// Big endian.
    BytesView scalar() const noexcept { return scalar_; }
    const P256Point& point() const noexcept { return point_; }
    /// ECDH (RFC 8291 section 3.1): the X coordinate both sides share. Nothing when `other` is no point of the curve.
    std::optional<std::array<std::byte, 32>> agree(const P256Point& other) const;
    /// ES256 (RFC 7518 section 3.4).
    P256Signature sign(BytesView message) const;

private:
    struct Pair;
    P256Key(std::unique_ptr<Pair> pair, BytesView scalar, const P256Point& point);

    std::unique_ptr<Pair> pair_;
    std::array<std::byte, scalar_bytes> scalar_{};
    P256Point point_{};
};

bool verify_p256(const P256Point& key, BytesView message, const P256Signature& signature);

/// HKDF-Expand with SHA-256 (RFC 5869 section 2.3), at most one block: `bytes` is at most 32.
Bytes hkdf_expand(BytesView pseudorandom_key, BytesView info, std::size_t bytes);

/// AES-128-GCM, NIST SP 800-38D, without associated data: the text sealed, then the tag of 16 bytes.
Bytes seal_aes128_gcm(const Aes128::Key& key, const Aes128::Nonce& nonce, BytesView text);

}  // namespace vivi::crypto
