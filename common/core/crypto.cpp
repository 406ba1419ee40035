// libsodium behind our names.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/crypto.hpp"

#include <sodium.h>

#include <stdexcept>

namespace vivi::crypto {
namespace {

void ready() {
    static const int result = sodium_init();  // Idempotent and thread-safe; 0 or 1 when usable.
    if (result < 0) throw std::runtime_error{"libsodium: no source of randomness"};
}

const unsigned char* octets(BytesView bytes) { return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())); }
unsigned char* octets(std::byte* bytes) { return static_cast<unsigned char*>(static_cast<void*>(bytes)); }

}  // namespace

Bytes random_bytes(std::size_t count) {
    ready();
    Bytes bytes(count);
    if (count > 0) randombytes_buf(bytes.data(), bytes.size());
    return bytes;
}

std::uint32_t random_u32() {
    ready();
    return randombytes_random();
}

std::string random_id(std::size_t bytes) { return to_hex(random_bytes(bytes)); }

Sha256 sha256(BytesView bytes) {
    ready();
    Sha256 digest{};
    crypto_hash_sha256(octets(digest.data()), octets(bytes), bytes.size());
    return digest;
}

std::string to_hex(BytesView bytes) {
    std::string text(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), octets(bytes), bytes.size());
    text.pop_back();
    return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    if (text.empty()) return Bytes{};  // libsodium refuses a null pointer, even for nothing.
    Bytes bytes(text.size() / 2);
    std::size_t written = 0;
    const char* end = nullptr;
    if (sodium_hex2bin(octets(bytes.data()), bytes.size(), text.data(), text.size(), nullptr, &written, &end) != 0 ||
        written != bytes.size() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return bytes;
}

std::string to_base64url(BytesView bytes) {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), octets(bytes), bytes.size(), variant);
    text.pop_back();
    return text;
}

std::optional<Bytes> from_base64url(std::string_view text) {
    Bytes bytes(text.size() * 3 / 4 + 1);
    std::size_t written = 0;
    const char* end = nullptr;
    if (sodium_base642bin(octets(bytes.data()), bytes.size(), text.data(), text.size(), nullptr, &written, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.data() + text.size()) {
        return std::nullopt;
    }
    bytes.resize(written);
    return bytes;
}

bool equal(BytesView left, BytesView right) {
    return left.size() == right.size() && (left.empty() || sodium_memcmp(left.data(), right.data(), left.size()) == 0);
}

}  // namespace vivi::crypto
