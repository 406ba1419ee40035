// Ed25519 by libsodium.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/crypto.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace vivi::crypto {
namespace {

constexpr std::string_view key_prefix = "ed25519:";

const unsigned char* octets(BytesView bytes) { return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())); }
unsigned char* writable(std::span<std::byte> bytes) { return static_cast<unsigned char*>(static_cast<void*>(bytes.data())); }

}  // namespace

SigningKey SigningKey::generate() { return *from_seed(random_bytes(seed_bytes)); }

std::optional<SigningKey> SigningKey::from_seed(BytesView seed) {
    if (seed.size() != seed_bytes) return std::nullopt;
    SigningKey key;
    if (crypto_sign_seed_keypair(writable(key.public_), writable(key.secret_), octets(seed)) != 0)
        throw std::runtime_error{"libsodium: no Ed25519 key of a seed"};
    return key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept : secret_{other.secret_}, public_{other.public_} {
    sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
    std::swap(secret_, other.secret_);
    std::swap(public_, other.public_);
    return *this;
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

Signature SigningKey::sign(BytesView message) const {
    Signature signature{};
    if (crypto_sign_detached(writable(signature), nullptr, octets(message), message.size(), octets(secret_)) != 0)
        throw std::runtime_error{"libsodium: cannot sign"};
    return signature;
}

bool verify(const PublicKey& key, BytesView message, const Signature& signature) {
    return crypto_sign_verify_detached(octets(signature), octets(message), message.size(), octets(key)) == 0;
}

std::string to_text(const PublicKey& key) { return std::string{key_prefix} + to_base64url(key); }

std::optional<PublicKey> parse_public_key(std::string_view text) {
    if (!text.starts_with(key_prefix)) return std::nullopt;
    const auto bytes = from_base64url(text.substr(key_prefix.size()));
    PublicKey key{};
    if (!bytes || bytes->size() != key.size()) return std::nullopt;
    std::ranges::copy(*bytes, key.begin());
    return key;
}

}  // namespace vivi::crypto
