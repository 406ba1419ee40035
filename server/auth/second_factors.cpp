// TOTP first, recovery codes second; both count as one attempt.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/second_factors.hpp"

#include <algorithm>

#include "common/core/crypto.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "server/auth/cookie.hpp"
#include "server/auth/totp.hpp"

namespace vivi::auth {
namespace {

constexpr std::size_t recovery_bytes = 15;  // 120 bits: more than the 112 from which a fast hash will do (ASVS 6.5.2).

Error too_many() { return {Code::Overflow, "Too many attempts; try again in a minute."}; }

/// What a person typed, without the spaces and dashes that make a code readable.
std::string plain(std::string_view code) {
    std::string text;
    for (const char c : code.substr(0, 100)) {
        if (c == ' ' || c == '-') continue;
        text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return text;
}

/// Groups of four: ABCD-EFGH-…
std::string readable(const std::string& code) {
    std::string text;
    for (std::size_t i = 0; i < code.size(); i += 4) text.append(i == 0 ? "" : "-").append(code, i, 4);
    return text;
}

struct Codes {
    std::vector<std::string> shown{}, hashes{};
};
Codes make_codes() {
    Codes codes;
    for (std::size_t i = 0; i < recovery_codes; ++i) {
        const auto code = to_base32(crypto::random_bytes(recovery_bytes));
        codes.hashes.push_back(hash_of(code));
        codes.shown.push_back(readable(code));
    }
    return codes;
}

}  // namespace

Task<Result<bool>> SecondFactors::is_on(std::string user) {
    const auto found = co_await db::second_factor(pool_, std::move(user));
    if (!found && found.error().code == Code::NotFound) co_return false;
    if (!found) co_return std::unexpected{found.error()};
    co_return found->is_on;
}

Task<Result<int>> SecondFactors::codes_left(std::string user) {
    const auto found = co_await db::second_factor(pool_, std::move(user));
    if (!found) co_return std::unexpected{found.error()};
    if (!found->is_on) co_return failed(Code::NotFound, "no second factor is on");
    co_return found->recovery_codes;
}

Task<Result<Enrolment>> SecondFactors::begin(FactorOf of) {
    if (!sealing_.is_ready()) co_return failed(Code::Unavailable, "auth.totp_key_file is not set");
    const auto secret = crypto::random_bytes(totp_secret_bytes);
    const auto sealed = crypto::to_hex(sealing_.seal(secret, of.user));
    if (auto begun = co_await db::begin_second_factor(pool_, of.user, sealed); !begun)
        co_return std::unexpected{std::move(begun).error()};
    co_return Enrolment{.secret = to_base32(secret), .uri = totp_uri(secret, of.email)};
}

Task<Result<std::vector<std::string>>> SecondFactors::confirm(FactorOf of, std::string code) {
    if (!co_await throttle_.admits(of.user, of.address)) co_return std::unexpected{too_many()};
    const auto found = co_await db::second_factor(pool_, of.user);
    if (!found) co_return std::unexpected{found.error()};
    if (found->is_on) co_return failed(Code::Conflict, "a second factor is on already");
    const auto secret = sealing_.open(crypto::from_hex(found->sealed_secret).value_or(Bytes{}), of.user);
    if (!secret) co_return failed(Code::Unavailable, "the second factor was sealed with a key that this server has not");
    const auto step = match_totp(*secret, plain(code), wall_now(), found->last_step);
    if (!step) co_return failed(Code::Denied, "The code is wrong.");
    auto codes = make_codes();
    if (auto on = co_await db::confirm_second_factor(pool_, {.user = of.user, .address = of.address}, *step, codes.hashes); !on)
        co_return std::unexpected{std::move(on).error()};
    co_await throttle_.forgive(of.user, of.address);
    co_return std::move(codes.shown);
}

Task<Result<bool>> SecondFactors::is_right(FactorOf of, std::string code) {
    const auto found = co_await db::second_factor(pool_, of.user);
    if (!found && found.error().code == Code::NotFound) co_return false;
    if (!found) co_return std::unexpected{found.error()};
    if (!found->is_on) co_return false;
    if (code.size() != totp_digits) {
        auto used = co_await db::use_recovery_code(pool_, {.user = of.user, .address = of.address}, hash_of(code));
        co_return used;
    }
    const auto secret = sealing_.open(crypto::from_hex(found->sealed_secret).value_or(Bytes{}), of.user);
    if (!secret) co_return failed(Code::Unavailable, "the second factor was sealed with a key that this server has not");
    const auto step = match_totp(*secret, code, wall_now(), found->last_step);
    if (!step) co_return false;
    auto used = co_await db::use_step(pool_, of.user, *step);
    co_return used;
}

Task<Status> SecondFactors::check(FactorOf of, std::string code) {
    if (!co_await throttle_.admits(of.user, of.address)) {
        log::warn("login.throttled", {{"address", of.address}});
        co_return std::unexpected{too_many()};
    }
    const auto right = co_await is_right(of, plain(code));
    if (!right) co_return std::unexpected{right.error()};
    if (!*right) {
        if (auto recorded = co_await db::record_refused_login(pool_, of.user, "wrong code", of.address); !recorded)
            log::warn("login.unrecorded", {{"reason", recorded.error().detail}});
        co_return failed(Code::Denied, "The code is wrong.");
    }
    co_await throttle_.forgive(of.user, of.address);
    co_return Status{};
}

Task<Result<std::vector<std::string>>> SecondFactors::renew_codes(FactorOf of) {
    const auto on = co_await is_on(of.user);
    if (!on) co_return std::unexpected{on.error()};
    if (!*on) co_return failed(Code::NotFound, "no second factor is on");
    auto codes = make_codes();
    if (auto done = co_await db::replace_recovery_codes(pool_, {.user = of.user, .address = of.address}, codes.hashes); !done)
        co_return std::unexpected{std::move(done).error()};
    co_return std::move(codes.shown);
}

Task<Status> SecondFactors::disable(FactorOf of) {
    auto done = co_await db::remove_second_factor(pool_, {.user = std::move(of.user), .address = std::move(of.address)});
    co_return done;
}

}  // namespace vivi::auth
