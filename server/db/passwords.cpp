// SQL of mailed_proofs for resets, and of passwords.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/passwords.hpp"

#include "server/db/auth_audit.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view live_reset = " purpose = 'reset' and used_at is null and expires_at > now()";

/// What every change of a password does.
void replace(Transaction& transaction, const NewPassword& password, std::string_view kept_hash) {
    transaction.run("update users set password_hash = $2 where id = $1", password.user, password.password_hash);
    transaction.run("delete from sessions where user_id = $1 and token_hash <> decode($2, 'hex')", password.user,
                    std::string{kept_hash});
    transaction.run("delete from login_challenges where user_id = $1", password.user);
    transaction.run("update mailed_proofs set used_at = now() where user_id = $1 and purpose = 'reset' and used_at is null",
                    password.user);
}

Task<Status> done(Pool& pool, std::function<Result<bool>(Transaction&)> body) {
    auto ran = co_await pool.transact<bool>({}, std::move(body));
    if (!ran) co_return std::unexpected{std::move(ran).error()};
    co_return Status{};
}

}  // namespace

Task<Result<std::optional<std::string>>> begin_reset(Pool& pool, NewReset reset) {
    using Language = std::optional<std::string>;
    const std::function<Result<Language>(Transaction&)> body = [reset](Transaction& transaction) -> Result<Language> {
        transaction.run(
            "update mailed_proofs set used_at = now() where purpose = 'reset' and used_at is null"
            " and user_id = (select id from users where email = $1)",
            reset.email);
        const auto rows = transaction.run(
            "insert into mailed_proofs (user_id, purpose, email, token_hash, expires_at)"
            " select id, 'reset', email, decode($2, 'hex'), now() + $3 * interval '1 second' from users where email = $1"
            " returning user_id::text, (select language from users where id = user_id)",
            reset.email, reset.token_hash, reset.lifetime.count());
        const auto user = rows.empty() ? std::string{} : rows[0][0].as<std::string>();
        audit_account(transaction, user, "password.reset_asked", user, reset.address);
        return rows.empty() ? Language{} : Language{rows[0][1].as<std::string>()};
    };
    auto begun = co_await pool.transact<Language>({}, body);
    co_return begun;
}

Task<Result<ResetOwner>> find_reset(Pool& pool, std::string token_hash) {
    const std::function<Result<ResetOwner>(Transaction&)> body = [token_hash](Transaction& transaction) -> Result<ResetOwner> {
        const auto rows = transaction.run(
            "select users.id::text, users.email, users.name, users.language from mailed_proofs join users"
            " on users.id = user_id where token_hash = decode($1, 'hex') and" +
                std::string{live_reset},
            token_hash);
        if (rows.empty()) return failed(Code::NotFound, "no such link");
        return ResetOwner{.user = rows[0][0].as<std::string>(),
                          .email = rows[0][1].as<std::string>(),
                          .name = rows[0][2].as<std::string>(),
                          .language = rows[0][3].as<std::string>()};
    };
    auto found = co_await pool.transact<ResetOwner>({}, body);
    co_return found;
}

Task<Status> finish_reset(Pool& pool, std::string token_hash, NewPassword password) {
    auto finished = co_await done(pool, [token_hash, password](Transaction& transaction) -> Result<bool> {
        const auto used =
            transaction.run("update mailed_proofs set used_at = now() where token_hash = decode($1, 'hex') and user_id = $2 and" +
                                std::string{live_reset} + " returning id",
                            token_hash, password.user);
        if (used.empty()) return failed(Code::NotFound, "no such link");
        replace(transaction, password, "");
        transaction.run("update users set email_verified_at = coalesce(email_verified_at, now()) where id = $1", password.user);
        audit_account(transaction, password.user, "password.reset", password.user, password.address);
        return true;
    });
    co_return finished;
}

Task<Status> change_password(Pool& pool, NewPassword password, std::string kept_hash) {
    auto changed = co_await done(pool, [password, kept_hash](Transaction& transaction) -> Result<bool> {
        replace(transaction, password, kept_hash);
        audit_account(transaction, password.user, "password.changed", password.user, password.address);
        return true;
    });
    co_return changed;
}

}  // namespace vivi::db
