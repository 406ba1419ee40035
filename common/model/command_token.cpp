// The token's bytes: what is carried, and what is signed.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/command_token.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace vivi::model {
namespace {

constexpr std::string_view scheme = "Vivi ";
constexpr std::string_view purpose = "vivi-command-token/1";  // What this key signs is never taken for something else it signs.
constexpr std::uint8_t version = 1;
constexpr std::size_t most_characters = 512, most_command = 64;

/// u8 version, u64 key, 16 bytes nonce, u16 lifetime in seconds, u8 length and command; the signature follows.
Bytes carried(const TokenGrant& grant, std::uint64_t key) {
    Writer out;
    out.u8(version).u64(key).put(grant.nonce).u16(static_cast<std::uint16_t>(grant.lifetime.count()));
    out.u8(static_cast<std::uint8_t>(grant.command.size())).put(grant.command);
    return out.take_bytes();
}

/// Each part behind its length, so that no two requests have the same bytes.
Bytes signed_bytes(const TokenScope& scope, BytesView carried) {
    Writer out;
    const auto part = [&](BytesView bytes) { out.u32(static_cast<std::uint32_t>(bytes.size())).put(bytes); };
    part(as_bytes(purpose));
    part(carried);
    for (const auto* text : {&scope.custody, &scope.fingerprint, &scope.boot_id, &scope.method, &scope.target})
        part(as_bytes(*text));
    part(scope.body);
    return out.take_bytes();
}

}  // namespace

std::uint64_t key_id(const crypto::PublicKey& key) {
    const auto digest = crypto::sha256(key);
    return Reader{digest}.u64();
}

std::string sign_token(const TokenScope& scope, const TokenGrant& grant, const crypto::SigningKey& key) {
    assert(grant.lifetime >= 1s && grant.lifetime.count() <= 65'535 && grant.command.size() <= most_command);
    auto bytes = carried(grant, key_id(key.public_key()));
    const auto signature = key.sign(signed_bytes(scope, bytes));
    bytes.insert(bytes.end(), signature.begin(), signature.end());
    return std::string{scheme} + crypto::to_base64url(bytes);
}

Result<CommandToken> parse_token(std::string_view authorization) {
    if (!authorization.starts_with(scheme)) return failed(Code::Invalid, "authorization: is not of the scheme Vivi");
    if (authorization.size() > most_characters) return failed(Code::Invalid, "authorization: is too long for a token");
    const auto bytes = crypto::from_base64url(authorization.substr(scheme.size()));
    if (!bytes) return failed(Code::Invalid, "authorization: is not base64url");
    Reader in{*bytes};
    CommandToken token;
    const auto found = in.u8();
    token.key = in.u64();
    std::ranges::copy(in.take(token.grant.nonce.size()), token.grant.nonce.begin());
    token.grant.lifetime = Seconds{in.u16()};
    token.grant.command = std::string{as_text(in.take(in.u8()))};
    std::ranges::copy(in.take(token.signature.size()), token.signature.begin());
    if (!in.ok() || !in.done()) return failed(Code::Invalid, "authorization: the token has a wrong length");
    if (found != version) return failed(Code::Invalid, "authorization: version " + std::to_string(found) + " of the token");
    if (token.grant.lifetime < 1s || token.grant.command.size() > most_command)
        return failed(Code::Invalid, "authorization: the token is out of its bounds");
    return token;
}

Status verify_token(const CommandToken& token, const TokenScope& scope, std::span<const crypto::PublicKey> keys) {
    const auto signer = std::ranges::find(keys, token.key, key_id);
    if (signer == keys.end()) return failed(Code::Denied, "the token is not of a key this router knows");
    if (!crypto::verify(*signer, signed_bytes(scope, carried(token.grant, token.key)), token.signature))
        return failed(Code::Denied, "the token is not for this request on this router, or not whole");
    return {};
}

}  // namespace vivi::model
