// libsodium's XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03).
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/sealing.hpp"

#include <sodium.h>

#include <algorithm>

#include "common/core/crypto.hpp"

namespace vivi::auth {
namespace {

constexpr std::size_t number_bytes = 4;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

/// Names a key without telling it.
Bytes number_of(const Bytes& key) {
    const auto hash = crypto::sha256(key);
    return {hash.begin(), hash.begin() + number_bytes};
}
const unsigned char* octets(BytesView bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* octets(Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace

Result<Sealing> Sealing::parse(std::string_view text) {
    Sealing sealing;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
        if (line.empty() || line.starts_with('#')) continue;
        auto key = crypto::from_hex(line);
        if (!key || key->size() != key_bytes) return failed(Code::Invalid, "a key is 64 hexadecimal digits, one a line");
        sealing.keys_.push_back(*std::move(key));
    }
    if (sealing.keys_.empty()) return failed(Code::Invalid, "there is no key in it");
    return sealing;
}

Bytes Sealing::seal(BytesView secret, std::string_view owner) const {
    auto sealed = number_of(keys_.front());
    const auto nonce = crypto::random_bytes(nonce_bytes);
    sealed.insert(sealed.end(), nonce.begin(), nonce.end());
    Bytes body(secret.size() + tag_bytes);
    crypto_aead_xchacha20poly1305_ietf_encrypt(octets(body), nullptr, octets(secret), secret.size(), octets(as_bytes(owner)),
                                               owner.size(), nullptr, octets(nonce), octets(keys_.front()));
    sealed.insert(sealed.end(), body.begin(), body.end());
    return sealed;
}

std::optional<Bytes> Sealing::open(BytesView sealed, std::string_view owner) const {
    if (sealed.size() < number_bytes + nonce_bytes + tag_bytes) return std::nullopt;
    const auto nonce = sealed.subspan(number_bytes, nonce_bytes), body = sealed.subspan(number_bytes + nonce_bytes);
    for (const auto& key : keys_) {
        if (!std::ranges::equal(number_of(key), sealed.first(number_bytes))) continue;
        Bytes secret(body.size() - tag_bytes);
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(octets(secret), nullptr, nullptr, octets(body), body.size(),
                                                       octets(as_bytes(owner)), owner.size(), octets(nonce), octets(key)) == 0)
            return secret;
    }
    return std::nullopt;
}

}  // namespace vivi::auth
