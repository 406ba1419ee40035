// The steps of a login, in an order that tells a stranger nothing.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/logins.hpp"

#include <algorithm>

#include "common/runtime/log.hpp"
#include "server/auth/cookie.hpp"

namespace vivi::auth {
namespace {

constexpr std::size_t longest_email = 254;  // RFC 5321 section 4.5.3.1.3

}  // namespace

std::string normalised_email(std::string_view email) {
    std::string text{email.substr(0, longest_email)};
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const auto is_printable = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7f; };
    std::erase_if(text, [&](char c) { return !is_printable(c); });
    return text;
}

Task<Result<SignedIn>> Logins::login(LoginAttempt attempt) {
    const auto email = normalised_email(attempt.email);
    if (!co_await throttle_.admits(email, attempt.address)) {
        log::warn("login.throttled", {{"address", attempt.address}});
        co_return failed(Code::Overflow, "Too many attempts; try again in a minute.");
    }
    auto credentials = co_await db::find_credentials(pool_, email);
    if (!credentials && credentials.error().code != Code::NotFound) co_return std::unexpected{std::move(credentials).error()};
    const auto user = credentials ? credentials->user : std::string{};
    const auto hash = credentials ? credentials->password_hash : std::string{};
    const auto verdict = co_await passwords_.verify(hash, attempt.password);
    if (!verdict) co_return std::unexpected{verdict.error()};
    if (*verdict == Verdict::Wrong) {
        log::info("login.refused", {{"address", attempt.address}});
        if (auto recorded = co_await db::record_refused_login(pool_, user, "wrong credentials", attempt.address); !recorded)
            log::warn("login.unrecorded", {{"reason", recorded.error().detail}});
        co_return failed(Code::Denied, "E-mail or password is wrong.");
    }
    if (*verdict == Verdict::RightButOld) {
        if (const auto fresh = co_await passwords_.hash(attempt.password)) {
            if (auto replaced = co_await db::replace_password_hash(pool_, user, *fresh); !replaced)
                log::warn("login.unrecorded", {{"reason", replaced.error().detail}});
        }
    }
    const auto has_factor = co_await second_factors_.is_on(user);
    if (!has_factor) co_return std::unexpected{has_factor.error()};
    auto signed_in = *has_factor ? co_await challenge(user) : co_await start_session(user, attempt.address, attempt.user_agent);
    if (signed_in) co_await throttle_.forgive(email, attempt.address);
    co_return signed_in;
}

Task<Result<SignedIn>> Logins::challenge(std::string user) {
    SignedIn half{.challenge = new_token()};
    if (auto made = co_await db::create_challenge(pool_, std::move(user), hash_of(half.challenge), challenge_lifetime); !made)
        co_return std::unexpected{std::move(made).error()};
    co_return half;
}

Task<Result<SignedIn>> Logins::finish(std::string challenge, std::string code, std::string address, std::string user_agent) {
    const auto hash = hash_of(challenge);
    const auto user = co_await db::try_challenge(pool_, hash, most_codes_per_challenge);
    if (!user) co_return std::unexpected{user.error()};
    if (auto right = co_await second_factors_.check({.user = *user, .address = address}, std::move(code)); !right)
        co_return std::unexpected{std::move(right).error()};
    if (auto ended = co_await db::end_challenge(pool_, hash); !ended) co_return std::unexpected{std::move(ended).error()};
    auto signed_in = co_await start_session(*user, std::move(address), std::move(user_agent));
    co_return signed_in;
}

Task<Result<SignedIn>> Logins::start_session(std::string user, std::string address, std::string user_agent) {
    SignedIn signed_in{.token = new_token()};
    db::NewSession session{.user = std::move(user),
                           .token_hash = hash_of(signed_in.token),
                           .lifetime = session_lifetime,
                           .address = address,
                           .user_agent = std::move(user_agent)};
    auto account = co_await db::create_session(pool_, std::move(session));
    if (!account) co_return std::unexpected{std::move(account).error()};
    log::info("login.succeeded", {{"user", account->user}, {"address", address}});
    signed_in.account = *std::move(account);
    co_return signed_in;
}

Task<Result<db::Account>> Logins::find(std::string token) {
    auto account = co_await db::find_session(pool_, hash_of(token));
    co_return account;
}

Task<Status> Logins::logout(std::string token, std::string address) {
    auto ended = co_await db::delete_session(pool_, hash_of(token), std::move(address));
    co_return ended;
}

}  // namespace vivi::auth
