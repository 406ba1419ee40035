// RFC 6265 for one cookie.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/cookie.hpp"

#include "common/core/crypto.hpp"

namespace vivi::auth {
namespace {

constexpr std::string_view attributes = "; Path=/; Secure; HttpOnly; SameSite=Strict";
constexpr std::size_t token_bytes = 32;

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::string new_token() { return crypto::to_base64url(crypto::random_bytes(token_bytes)); }

std::string hash_of(std::string_view token) { return crypto::to_hex(crypto::sha256(as_bytes(token))); }

std::string set_cookie(std::string_view token, Seconds lifetime) {
    return std::string{cookie_name}
        .append("=")
        .append(token)
        .append("; Max-Age=")
        .append(std::to_string(lifetime.count()))
        .append(attributes);
}

std::string clear_cookie() { return std::string{cookie_name}.append("=; Max-Age=0").append(attributes); }

std::optional<std::string> token_in(std::string_view cookie_field) {
    while (!cookie_field.empty()) {
        const auto end = std::min(cookie_field.find(';'), cookie_field.size());
        const auto pair = trimmed(cookie_field.substr(0, end));
        cookie_field.remove_prefix(std::min(end + 1, cookie_field.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != cookie_name) continue;
        const auto token = pair.substr(equals + 1);
        const auto bytes = crypto::from_base64url(token);
        if (bytes && bytes->size() == token_bytes) return std::string{token};
    }
    return std::nullopt;
}

}  // namespace vivi::auth
