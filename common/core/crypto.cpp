// libsodium and OpenSSL behind our names.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/crypto.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace vivi::crypto {
namespace {

void ready() {
    static const int result = sodium_init();  // Idempotent and thread-safe; 0 or 1 when usable.
    if (result < 0) throw std::runtime_error{"libsodium: no source of randomness"};
}

const unsigned char* octets(BytesView bytes) { return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())); }
unsigned char* octets(std::byte* bytes) { return static_cast<unsigned char*>(static_cast<void*>(bytes)); }

void must(int result, const char* what) {
    if (result != 1) throw std::runtime_error{std::string{"OpenSSL: "} + what};
}

struct Freed {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Freed>;

/// With its cipher, without a key yet: a key given later costs no look-up.
Context context_of(const EVP_CIPHER* cipher, int encrypts) {
    Context context{EVP_CIPHER_CTX_new()};
    must(context && EVP_CipherInit_ex(context.get(), cipher, nullptr, nullptr, nullptr, encrypts) == 1 ? 1 : 0, "no AES-128");
    return context;
}

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

Sha256 hmac_sha256(BytesView key, BytesView message) {
    ready();
    Sha256 code{};
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, octets(key), key.size());
    crypto_auth_hmacsha256_update(&state, octets(message), message.size());
    crypto_auth_hmacsha256_final(&state, octets(code.data()));
    return code;
}

Sha256 hkdf_extract(BytesView salt, BytesView key_material) { return hmac_sha256(salt, key_material); }

void hkdf_expand_label(BytesView secret, std::string_view label, std::span<std::byte> out) {
    constexpr std::string_view prefix = "tls13 ";
    std::array<std::byte, 64> info{};  // HkdfLabel: length, label, context; then the number of the block (RFC 5869 section 2.3).
    assert(out.size() <= Sha256{}.size() && label.size() <= 32);
    std::size_t size = 0;
    const auto put = [&](std::size_t octet) { info[size++] = static_cast<std::byte>(octet); };
    put(0);
    put(out.size());
    put(prefix.size() + label.size());
    for (const auto part : {prefix, label}) {
        for (const char c : part) put(static_cast<unsigned char>(c));
    }
    put(0);
    put(1);
    const auto block = hmac_sha256(secret, BytesView{info}.first(size));
    std::copy_n(block.begin(), out.size(), out.begin());
}

struct Aes128::Contexts {
    Context ecb = context_of(EVP_aes_128_ecb(), 1);
    Context gcm = context_of(EVP_aes_128_gcm(), 0);
};

Aes128::Aes128() : contexts_{std::make_unique<Contexts>()} { EVP_CIPHER_CTX_set_padding(contexts_->ecb.get(), 0); }
Aes128::Aes128(Aes128&&) noexcept = default;
Aes128& Aes128::operator=(Aes128&&) noexcept = default;
Aes128::~Aes128() = default;

Aes128::Block Aes128::encrypt(const Key& key, const Block& block) {
    auto* const context = contexts_->ecb.get();
    Block encrypted{};
    int written = 0;
    must(EVP_EncryptInit_ex(context, nullptr, nullptr, octets(key), nullptr), "AES key");
    must(EVP_EncryptUpdate(context, octets(encrypted.data()), &written, octets(block), static_cast<int>(block.size())),
         "AES block");
    return encrypted;
}

std::optional<BytesView> Aes128::open(const Key& key, const Nonce& nonce, BytesView associated, std::span<std::byte> sealed) {
    if (sealed.size() < tag_bytes) return std::nullopt;
    const auto text = sealed.first(sealed.size() - tag_bytes);
    auto* const context = contexts_->gcm.get();
    int written = 0;
    must(EVP_DecryptInit_ex(context, nullptr, nullptr, octets(key), octets(nonce)), "GCM key");
    must(EVP_DecryptUpdate(context, nullptr, &written, octets(associated), static_cast<int>(associated.size())), "GCM header");
    must(EVP_DecryptUpdate(context, octets(text.data()), &written, octets(text), static_cast<int>(text.size())), "GCM text");
    must(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_bytes), sealed.last(tag_bytes).data()),
         "GCM tag");
    if (EVP_DecryptFinal_ex(context, nullptr, &written) != 1) return std::nullopt;
    return text;
}

}  // namespace vivi::crypto
