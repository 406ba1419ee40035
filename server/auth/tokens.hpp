// API tokens and the passes of big screens: made, and found again by what a request carries.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/db/tokens.hpp"

namespace vivi::auth {

/// Tokens begin with it, so that a scanner of leaked secrets knows whose they are, and none is ever a session's.
inline constexpr std::string_view token_prefix = "vivi_";
inline constexpr std::string_view show_cookie_name = "__Host-vivi-show";
inline constexpr Seconds longest_show{14 * 24 * 3600};

/// A new one: shown once, stored nowhere but as hash_of() it.
std::string new_api_token();
/// The token in the value of an Authorization field (RFC 6750 section 2.1); nothing when it is another scheme or shape.
std::optional<std::string> bearer_in(std::string_view authorization);
/// The token of a big screen in the value of a Cookie field.
std::optional<std::string> show_token_in(std::string_view cookie_field);
/// The value of a Set-Cookie field. Not Strict: the link is followed from elsewhere, and shows nothing but aggregates.
std::string set_show_cookie(std::string_view token, Seconds lifetime);

class Tokens {
public:
    /// `pool` connects as vivi_auth.
    explicit Tokens(db::Pool& pool) : pool_{pool} {}

    /// What the token's user may do through it now; NotFound when it is none, or has ended.
    Task<Result<db::Account>> find(std::string token);
    /// For a link's token, the token of a cookie and what it shows. NotFound: the link is none, or has ended.
    struct Shown {
        std::string token{};
        db::ShowPass pass{};
    };
    Task<Result<Shown>> exchange(std::string link);
    Task<Result<db::ShowPass>> find_show(std::string token);
    /// False once it has ended; true also while that cannot be known.
    Task<bool> is_showing(std::string token);

private:
    db::Pool& pool_;
};

}  // namespace vivi::auth
