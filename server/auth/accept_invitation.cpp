// The ways through an invitation: signed in, with a mailed link, with a link that was only shown.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/accounts.hpp"

#include <algorithm>

#include "server/auth/cookie.hpp"
#include "server/auth/password_rules.hpp"

namespace vivi::auth {
namespace {

using Outcome = Accepted::Outcome;

constexpr std::size_t longest_name = 100;

}  // namespace

bool is_person_name(std::string_view name) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    return !name.empty() && name.size() <= longest_name && std::ranges::none_of(name, is_control);
}

Task<Result<db::FoundInvitation>> Accounts::find_invitation(std::string token, std::string address) {
    if (!co_await invitation_throttle_.admits(token, std::move(address)))
        co_return failed(Code::Overflow, "Too many attempts; try again in a minute.");
    auto found = co_await db::find_invitation(pool_, hash_of(token));
    co_return found;
}

Task<Result<Accepted>> Accounts::accept(Accepting accepting) {
    auto found = co_await find_invitation(accepting.token, accepting.address);
    if (!found && found.error().code == Code::NotFound) co_return Accepted{};
    if (!found && found.error().code == Code::Overflow)
        co_return Accepted{.outcome = Outcome::TooMany, .problem = std::move(found).error().detail};
    if (!found) co_return std::unexpected{std::move(found).error()};
    auto accepted = accepting.account ? co_await accept_as(std::move(accepting), *std::move(found))
                                      : co_await register_guest(std::move(accepting), *std::move(found));
    co_return accepted;
}

Task<Result<Accepted>> Accounts::accept_as(Accepting accepting, db::FoundInvitation found) {
    if (accepting.account->email != found.invitation.email)
        co_return Accepted{.outcome = Outcome::OtherAccount, .invitation = std::move(found.invitation)};
    if (!found.is_mailed && !accepting.account->is_verified && accepting.can_mail) {
        auto asked = co_await ask_for_proof(std::move(found), std::move(accepting.address));
        co_return asked;
    }
    auto user = co_await db::accept_invitation(
        pool_,
        {.token_hash = hash_of(accepting.token), .user = accepting.account->user, .address = std::move(accepting.address)});
    if (!user && user.error().code == Code::NotFound) co_return Accepted{};
    if (!user) co_return std::unexpected{std::move(user).error()};
    co_return Accepted{.outcome = Outcome::Joined, .invitation = std::move(found.invitation)};
}

Task<Result<Accepted>> Accounts::register_guest(Accepting accepting, db::FoundInvitation found) {
    // Without a mailed link nothing is made, and nothing said about who has an account: whoever was shown the link need not be
    // the guest, and a password set by somebody else would wait for the real one.
    if (!found.is_mailed && accepting.can_mail) {
        auto asked = co_await ask_for_proof(std::move(found), std::move(accepting.address));
        co_return asked;
    }
    if (found.has_account) co_return Accepted{.outcome = Outcome::SignInFirst, .invitation = std::move(found.invitation)};
    if (!is_person_name(accepting.name)) co_return Accepted{.outcome = Outcome::BadName, .problem = "A name has 1 to 100 bytes."};
    if (auto good = check_new_password(accepting.password, found.invitation.email, accepting.name); !good)
        co_return Accepted{.outcome = Outcome::BadPassword, .problem = std::move(good).error().detail};
    auto hash = co_await passwords_.hash(std::move(accepting.password));
    if (!hash) co_return std::unexpected{std::move(hash).error()};
    auto user = co_await db::accept_invitation(pool_, {.token_hash = hash_of(accepting.token),
                                                       .name = std::move(accepting.name),
                                                       .password_hash = *std::move(hash),
                                                       .address = accepting.address});
    if (!user && user.error().code == Code::NotFound) co_return Accepted{};
    if (!user && user.error().code == Code::Conflict)
        co_return Accepted{.outcome = Outcome::SignInFirst, .invitation = std::move(found.invitation)};
    if (!user) co_return std::unexpected{std::move(user).error()};
    auto signed_in =
        co_await logins_.start_session(*std::move(user), std::move(accepting.address), std::move(accepting.user_agent));
    if (!signed_in) co_return std::unexpected{std::move(signed_in).error()};
    co_return Accepted{.outcome = Outcome::Joined, .signed_in = *std::move(signed_in), .invitation = std::move(found.invitation)};
}

Task<Result<Accepted>> Accounts::ask_for_proof(db::FoundInvitation found, std::string address) {
    if (!co_await invitation_throttle_.admits(found.invitation.id, std::move(address)))
        co_return Accepted{.outcome = Outcome::TooMany, .problem = "Too many attempts; try again in a minute."};
    Link proof;
    if (auto replaced = co_await db::replace_mailed_link(pool_, found.invitation.id, proof.hash); !replaced)
        co_return std::unexpected{std::move(replaced).error()};
    co_return Accepted{
        .outcome = Outcome::ProveFirst, .invitation = std::move(found.invitation), .proof = std::move(proof.token)};
}

}  // namespace vivi::auth
