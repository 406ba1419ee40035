// OpenSSL's P-256 behind our names.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/crypto_p256.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <type_traits>

namespace vivi::crypto {
namespace {

struct Freed {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
    void operator()(EC_GROUP* group) const noexcept { EC_GROUP_free(group); }
    void operator()(EC_POINT* point) const noexcept { EC_POINT_free(point); }
    void operator()(BIGNUM* number) const noexcept { BN_clear_free(number); }
    void operator()(ECDSA_SIG* signature) const noexcept { ECDSA_SIG_free(signature); }
    void operator()(OSSL_PARAM_BLD* builder) const noexcept { OSSL_PARAM_BLD_free(builder); }
    void operator()(OSSL_PARAM* parameters) const noexcept { OSSL_PARAM_free(parameters); }
};
template <class T>
using Owned = std::unique_ptr<T, Freed>;

const unsigned char* octets(BytesView bytes) { return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())); }
template <class Container>
    requires(!std::is_const_v<Container>)
unsigned char* octets(Container& bytes) {
    return static_cast<unsigned char*>(static_cast<void*>(bytes.data()));
}

void must(int result, const char* what) {
    if (result != 1) throw std::runtime_error{std::string{"OpenSSL: "} + what};
}

Owned<EC_GROUP> curve() {
    Owned<EC_GROUP> group{EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
    must(group ? 1 : 0, "no P-256");
    return group;
}

/// The key of a point, and of the private half when there is one.
Owned<EVP_PKEY> to_key(const P256Point& point, const BIGNUM* scalar) {
    const Owned<OSSL_PARAM_BLD> builder{OSSL_PARAM_BLD_new()};
    must(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, SN_X9_62_prime256v1, 0), "P-256 name");
    must(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()), "P-256 point");
    if (scalar != nullptr) must(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar), "P-256 scalar");
    const Owned<OSSL_PARAM> parameters{OSSL_PARAM_BLD_to_param(builder.get())};
    const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
    must(parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1 ? 1 : 0, "P-256 key");
    EVP_PKEY* key = nullptr;
    const int selection = scalar == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
    must(EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()), "P-256 key");
    return Owned<EVP_PKEY>{key};
}

P256Point point_of(const EC_GROUP* group, const BIGNUM* scalar) {
    const Owned<EC_POINT> point{EC_POINT_new(group)};
    must(point ? EC_POINT_mul(group, point.get(), scalar, nullptr, nullptr, nullptr) : 0, "P-256 multiplication");
    P256Point bytes{};
    const auto written =
        EC_POINT_point2oct(group, point.get(), POINT_CONVERSION_UNCOMPRESSED, octets(bytes), bytes.size(), nullptr);
    must(written == bytes.size() ? 1 : 0, "P-256 point");
    return bytes;
}

}  // namespace

struct P256Key::Pair {
    Owned<EVP_PKEY> key{};
};

std::optional<P256Point> parse_p256_point(BytesView bytes) {
    P256Point point{};
    if (bytes.size() != point.size() || bytes[0] != std::byte{4}) return std::nullopt;
    const auto group = curve();
    const Owned<EC_POINT> on_curve{EC_POINT_new(group.get())};
    if (EC_POINT_oct2point(group.get(), on_curve.get(), octets(bytes), bytes.size(), nullptr) != 1) return std::nullopt;
    std::ranges::copy(bytes, point.begin());
    return point;
}

P256Key::P256Key(std::unique_ptr<Pair> pair, BytesView scalar, const P256Point& point) : pair_{std::move(pair)}, point_{point} {
    std::ranges::copy(scalar, scalar_.begin());
}
P256Key::P256Key(P256Key&&) noexcept = default;
P256Key& P256Key::operator=(P256Key&&) noexcept = default;
P256Key::~P256Key() { OPENSSL_cleanse(scalar_.data(), scalar_.size()); }

P256Key P256Key::generate() {
    for (;;) {  // All but one of 2^32 are below the order.
        const auto scalar = random_bytes(scalar_bytes);
        if (auto key = from_scalar(scalar)) return *std::move(key);
    }
}

std::optional<P256Key> P256Key::from_scalar(BytesView scalar) {
    if (scalar.size() != scalar_bytes) return std::nullopt;
    const auto group = curve();
    const Owned<BIGNUM> number{BN_bin2bn(octets(scalar), static_cast<int>(scalar.size()), nullptr)};
    must(number ? 1 : 0, "a number");
    if (BN_is_zero(number.get()) == 1 || BN_cmp(number.get(), EC_GROUP_get0_order(group.get())) >= 0) return std::nullopt;
    const auto point = point_of(group.get(), number.get());
    auto pair = std::make_unique<Pair>(to_key(point, number.get()));
    return P256Key{std::move(pair), scalar, point};
}

std::optional<std::array<std::byte, 32>> P256Key::agree(const P256Point& other) const {
    if (!parse_p256_point(other)) return std::nullopt;
    const auto peer = to_key(other, nullptr);
    const Owned<EVP_PKEY_CTX> context{EVP_PKEY_CTX_new(pair_->key.get(), nullptr)};
    must(context ? EVP_PKEY_derive_init(context.get()) : 0, "ECDH");
    if (EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1) return std::nullopt;
    std::array<std::byte, 32> shared{};
    auto size = shared.size();
    must(EVP_PKEY_derive(context.get(), octets(shared), &size) == 1 && size == shared.size() ? 1 : 0, "ECDH");
    return shared;
}

P256Signature P256Key::sign(BytesView message) const {
    const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
    must(context ? EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, pair_->key.get()) : 0, "ECDSA");
    std::array<unsigned char, 80> der{};  // At most 72.
    auto size = der.size();
    must(EVP_DigestSign(context.get(), der.data(), &size, octets(message), message.size()), "ECDSA");
    const unsigned char* from = der.data();
    const Owned<ECDSA_SIG> parts{d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(size))};
    must(parts ? 1 : 0, "ECDSA");
    P256Signature signature{};
    BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), octets(signature), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), octets(signature) + 32, 32);
    return signature;
}

bool verify_p256(const P256Point& key, BytesView message, const P256Signature& signature) {
    if (!parse_p256_point(key)) return false;
    const Owned<ECDSA_SIG> parts{ECDSA_SIG_new()};
    Owned<BIGNUM> r{BN_bin2bn(octets(signature), 32, nullptr)}, s{BN_bin2bn(octets(signature) + 32, 32, nullptr)};
    must(parts && ECDSA_SIG_set0(parts.get(), r.get(), s.get()) == 1 ? 1 : 0, "ECDSA");
    static_cast<void>(r.release());
    static_cast<void>(s.release());
    std::array<unsigned char, 80> der{};
    unsigned char* to = der.data();
    const auto size = i2d_ECDSA_SIG(parts.get(), &to);
    const auto with = to_key(key, nullptr);
    const Owned<EVP_MD_CTX> context{EVP_MD_CTX_new()};
    must(context ? EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, with.get()) : 0, "ECDSA");
    return size > 0 &&
           EVP_DigestVerify(context.get(), der.data(), static_cast<std::size_t>(size), octets(message), message.size()) == 1;
}

Bytes hkdf_expand(BytesView pseudorandom_key, BytesView info, std::size_t bytes) {
    assert(bytes <= 32);
    Bytes message{info.begin(), info.end()};
    message.push_back(std::byte{1});
    const auto block = hmac_sha256(pseudorandom_key, message);
    return {block.begin(), block.begin() + static_cast<std::ptrdiff_t>(bytes)};
}

Bytes seal_aes128_gcm(const Aes128::Key& key, const Aes128::Nonce& nonce, BytesView text) {
    const Owned<EVP_CIPHER_CTX> context{EVP_CIPHER_CTX_new()};
    must(context ? EVP_EncryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, octets(key), octets(nonce)) : 0, "GCM key");
    Bytes sealed(text.size() + Aes128::tag_bytes);
    int written = 0, last = 0;
    must(EVP_EncryptUpdate(context.get(), octets(sealed), &written, octets(text), static_cast<int>(text.size())), "GCM text");
    must(EVP_EncryptFinal_ex(context.get(), octets(sealed) + written, &last), "GCM end");
    must(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(Aes128::tag_bytes),
                             octets(sealed) + text.size()),
         "GCM tag");
    return sealed;
}

}  // namespace vivi::crypto
