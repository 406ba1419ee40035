// The shapes of tokens, and where they are looked up.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/tokens.hpp"

#include "common/core/crypto.hpp"
#include "server/auth/cookie.hpp"

namespace vivi::auth {
namespace {

constexpr std::size_t token_bytes = 32;

bool is_token(std::string_view text) {
    const auto bytes = crypto::from_base64url(text);
    return bytes && bytes->size() == token_bytes;
}

}  // namespace

std::string new_api_token() { return std::string{token_prefix} + new_token(); }

std::optional<std::string> bearer_in(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (authorization.size() <= scheme.size()) return std::nullopt;
    for (std::size_t i = 0; i < scheme.size(); ++i) {
        const char c = authorization[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != scheme[i]) return std::nullopt;
    }
    const auto token = authorization.substr(scheme.size());
    if (!token.starts_with(token_prefix) || !is_token(token.substr(token_prefix.size()))) return std::nullopt;
    return std::string{token};
}

std::optional<std::string> show_token_in(std::string_view cookie_field) {
    while (!cookie_field.empty()) {
        const auto end = std::min(cookie_field.find(';'), cookie_field.size());
        auto pair = cookie_field.substr(0, end);
        cookie_field.remove_prefix(std::min(end + 1, cookie_field.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        while (pair.ends_with(' ')) pair.remove_suffix(1);
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != show_cookie_name) continue;
        if (is_token(pair.substr(equals + 1))) return std::string{pair.substr(equals + 1)};
    }
    return std::nullopt;
}

std::string set_show_cookie(std::string_view token, Seconds lifetime) {
    return std::string{show_cookie_name}
        .append("=")
        .append(token)
        .append("; Max-Age=")
        .append(std::to_string(lifetime.count()))
        .append("; Path=/; Secure; HttpOnly; SameSite=Lax");
}

Task<Result<db::Account>> Tokens::find(std::string token) {
    auto account = co_await db::find_token(pool_, hash_of(token));
    co_return account;
}

Task<Result<Tokens::Shown>> Tokens::exchange(std::string link) {
    Shown shown{.token = new_token()};
    auto pass = co_await db::exchange_show_link(pool_, hash_of(link), hash_of(shown.token), longest_show);
    if (!pass) co_return std::unexpected{std::move(pass).error()};
    shown.pass = *std::move(pass);
    co_return shown;
}

Task<Result<db::ShowPass>> Tokens::find_show(std::string token) {
    auto pass = co_await db::find_show_session(pool_, hash_of(token));
    co_return pass;
}

Task<bool> Tokens::is_showing(std::string token) {
    const auto pass = co_await find_show(std::move(token));
    co_return pass || pass.error().code != Code::NotFound;
}

}  // namespace vivi::auth
