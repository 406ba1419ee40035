// What somebody changes of their own account: their e-mail, by a link that proves the new mailbox; name and language.
// SPDX-License-Identifier: Apache-2.0
#include "server/auth/accounts.hpp"

#include "common/runtime/log.hpp"

namespace vivi::auth {
namespace {

Error too_many() { return {Code::Overflow, "Too many attempts; try again in a minute."}; }

}  // namespace

Task<Result<Accounts::Mailing>> Accounts::begin_verification(Logins::Holder holder) {
    if (!co_await proof_throttle_.admits(account_of(holder.email), holder.address)) co_return std::unexpected{too_many()};
    Link link;
    const auto kept = co_await db::keep_proof(pool_, {.user = holder.user,
                                                      .purpose = db::ProofPurpose::Verify,
                                                      .email = holder.email,
                                                      .token_hash = link.hash,
                                                      .lifetime = proof_lifetime,
                                                      .address = holder.address});
    if (!kept) co_return std::unexpected{kept.error()};
    co_return Mailing{.email = std::move(holder.email), .token = std::move(link.token)};
}

Task<Result<std::optional<Accounts::Mailing>>> Accounts::begin_email_change(Logins::Holder holder, std::string email) {
    using Begun = std::optional<Mailing>;
    email = normalised_email(email);
    if (email == holder.email) co_return failed(Code::Invalid, "This is your e-mail already.");
    // Each user asks about few mailboxes, and each mailbox is written to seldom.
    if (!co_await proof_throttle_.admits(account_of(holder.email), holder.address) ||
        !co_await proof_throttle_.admits(account_of(email), ""))
        co_return std::unexpected{too_many()};
    Link link;
    const auto kept = co_await db::keep_proof(pool_, {.user = holder.user,
                                                      .purpose = db::ProofPurpose::Change,
                                                      .email = email,
                                                      .token_hash = link.hash,
                                                      .lifetime = proof_lifetime,
                                                      .address = holder.address});
    if (!kept) co_return std::unexpected{kept.error()};
    co_return *kept ? Begun{Mailing{.email = std::move(email), .token = std::move(link.token)}} : Begun{};
}

Task<Result<db::Proven>> Accounts::finish_proof(std::string token, std::string address) {
    if (!co_await proof_throttle_.admits("link", address)) co_return std::unexpected{too_many()};
    auto proven = co_await db::use_proof(pool_, hash_of(token), std::move(address));
    if (proven) log::info("email.proven", {{"user", proven->user}});
    co_return proven;
}

Task<Result<db::Account>> Accounts::update(Logins::Holder holder, std::optional<std::string> name,
                                           std::optional<std::string> language) {
    if (name && !is_person_name(*name)) co_return failed(Code::Invalid, "A name has 1 to 100 bytes.");
    auto updated =
        co_await db::update_user(pool_, std::move(holder.user), std::move(name), std::move(language), std::move(holder.address));
    co_return updated;
}

}  // namespace vivi::auth
