// Throttled, checked, hashed, kept.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/new_passwords.hpp"

#include "common/runtime/log.hpp"
#include "server/auth/cookie.hpp"
#include "server/auth/password_rules.hpp"

namespace vivi::auth {
namespace {

Error too_many() { return {Code::Overflow, "Too many attempts; try again in a minute."}; }

}  // namespace

Task<Result<std::optional<NewPasswords::Mailing>>> NewPasswords::begin_reset(std::string email, std::string address) {
    using Begun = std::optional<Mailing>;
    email = normalised_email(email);
    if (!co_await throttle_.admits(account_of(email), address)) co_return std::unexpected{too_many()};
    const auto token = new_token();
    auto begun = co_await db::begin_reset(
        pool_, {.email = email, .token_hash = hash_of(token), .lifetime = reset_lifetime, .address = std::move(address)});
    if (!begun) co_return std::unexpected{std::move(begun).error()};
    co_return *begun ? Begun{Mailing{.email = email, .token = token, .language = **begun}} : Begun{};
}

Task<Result<db::ResetOwner>> NewPasswords::finish_reset(std::string token, std::string password, std::string address) {
    if (!co_await throttle_.admits("link", address)) co_return std::unexpected{too_many()};
    const auto owner = co_await db::find_reset(pool_, hash_of(token));
    if (!owner) co_return std::unexpected{owner.error()};
    if (auto fit = check_new_password(password, owner->email, owner->name); !fit)
        co_return std::unexpected{std::move(fit).error()};
    auto hash = co_await passwords_.hash(std::move(password));
    if (!hash) co_return std::unexpected{std::move(hash).error()};
    auto finished = co_await db::finish_reset(
        pool_, hash_of(token), {.user = owner->user, .password_hash = *std::move(hash), .address = std::move(address)});
    if (!finished) co_return std::unexpected{std::move(finished).error()};
    log::info("password.reset", {{"user", owner->user}});
    co_return *owner;
}

Task<Status> NewPasswords::change(Logins::Holder holder, std::string name, std::string current, std::string password) {
    if (auto known = co_await logins_.step_up(holder, std::move(current)); !known) co_return known;
    if (auto fit = check_new_password(password, holder.email, name); !fit) co_return fit;
    auto hash = co_await passwords_.hash(std::move(password));
    if (!hash) co_return std::unexpected{std::move(hash).error()};
    auto changed = co_await db::change_password(
        pool_, {.user = holder.user, .password_hash = *std::move(hash), .address = holder.address}, hash_of(holder.token));
    if (changed) log::info("password.changed", {{"user", holder.user}});
    co_return changed;
}

}  // namespace vivi::auth
