// Keys derived, one record sealed, one token signed.
// SPDX-License-Identifier: Apache-2.0
#include "server/notify/web_push.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace vivi::notify {
namespace {

void append(Bytes& bytes, BytesView more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

/// The text, then a zero byte, as both RFCs spell their infos.
Bytes info_of(std::string_view text) {
    Bytes info;
    append(info, as_bytes(text));
    info.push_back(std::byte{0});
    return info;
}

/// RFC 8291 section 3.3: of the shared secret, the browser's secret and both public keys.
Bytes key_material(BytesView shared, const PushReceiver& receiver, const crypto::P256Point& sender) {
    auto info = info_of("WebPush: info");
    append(info, receiver.public_key);
    append(info, sender);
    return crypto::hkdf_expand(crypto::hkdf_extract(receiver.secret, shared), info, 32);
}

}  // namespace

Result<std::string> encrypt_push(std::string_view text, const PushReceiver& receiver, const crypto::P256Key& once,
                                 const PushSalt& salt) {
    if (text.size() > most_push_text) return failed(Code::Overflow, "a push message has at most 3993 bytes");
    const auto shared = once.agree(receiver.public_key);
    if (!shared) return failed(Code::Invalid, "the browser's key is no point of P-256");
    // RFC 8188 section 2.2 and 2.3.
    const auto secret = crypto::hkdf_extract(salt, key_material(*shared, receiver, once.point()));
    crypto::Aes128::Key key{};
    std::ranges::copy(crypto::hkdf_expand(secret, info_of("Content-Encoding: aes128gcm"), key.size()), key.begin());
    crypto::Aes128::Nonce nonce{};
    std::ranges::copy(crypto::hkdf_expand(secret, info_of("Content-Encoding: nonce"), nonce.size()), nonce.begin());
    // Section 2: the only record is the last one, which its delimiter says.
    Bytes record;
    append(record, as_bytes(text));
    record.push_back(std::byte{2});
    // Section 2.1: salt (16), record size (4), length of the key's id (1), the id: the sender's point.
    Bytes body;
    append(body, salt);
    for (const auto octet : {0, 0, 0x10, 0}) body.push_back(static_cast<std::byte>(octet));  // 4096
    body.push_back(static_cast<std::byte>(once.point().size()));
    append(body, once.point());
    append(body, crypto::seal_aes128_gcm(key, nonce, record));
    return std::string{as_text(body)};
}

Result<std::string> vapid_authorization(std::string_view endpoint, std::string_view contact, WallTime until,
                                        const crypto::P256Key& key) {
    constexpr std::string_view scheme = "https://";
    const auto host_end = std::min(endpoint.find_first_of("/?#", scheme.size()), endpoint.size());
    if (!endpoint.starts_with(scheme) || host_end == scheme.size()) return failed(Code::Invalid, "the endpoint is no https URL");
    nlohmann::json claims{{"aud", endpoint.substr(0, host_end)}, {"exp", to_unix_ms(until) / 1'000}};
    if (!contact.empty()) claims["sub"] = contact;
    auto token = crypto::to_base64url(as_bytes(R"({"typ":"JWT","alg":"ES256"})"));
    token += '.' + crypto::to_base64url(as_bytes(claims.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)));
    const auto signature = key.sign(as_bytes(token));
    return "vapid t=" + token + '.' + crypto::to_base64url(signature) + ", k=" + crypto::to_base64url(key.point());
}

Result<crypto::P256Key> parse_push_key(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r') || text.ends_with(' ')) text.remove_suffix(1);
    const auto scalar = crypto::from_base64url(text);
    auto key = scalar ? crypto::P256Key::from_scalar(*scalar) : std::nullopt;
    if (!key) return failed(Code::Invalid, "there is no key in it; vivi-admin push-key makes one");
    return *std::move(key);
}

}  // namespace vivi::notify
