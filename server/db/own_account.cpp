// SQL of mailed_proofs for a mailbox, and of users.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/own_account.hpp"

#include "server/db/auth_audit.hpp"
#include "server/db/load_account.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

std::string word_of(ProofPurpose purpose) { return purpose == ProofPurpose::Change ? "change" : "verify"; }

}  // namespace

Task<Result<bool>> keep_proof(Pool& pool, NewProof proof) {
    const std::function<Result<bool>(Transaction&)> body = [proof](Transaction& transaction) -> Result<bool> {
        const auto purpose = word_of(proof.purpose);
        transaction.run("update mailed_proofs set used_at = now() where user_id = $1 and purpose = $2 and used_at is null",
                        proof.user, purpose);
        const auto rows = transaction.run(
            "insert into mailed_proofs (user_id, purpose, email, token_hash, expires_at)"
            " select id, $2, $3, decode($4, 'hex'), now() + $5 * interval '1 second' from users where id = $1"
            " and not exists (select from users other where other.email = $3 and other.id <> $1) returning id",
            proof.user, purpose, proof.email, proof.token_hash, proof.lifetime.count());
        audit_account(transaction, proof.user,
                      proof.purpose == ProofPurpose::Change ? "user.email_change_asked" : "user.proof_asked", proof.user,
                      proof.address);
        return !rows.empty();
    };
    auto kept = co_await pool.transact<bool>({}, body);
    co_return kept;
}

Task<Result<Proven>> use_proof(Pool& pool, std::string token_hash, std::string address) {
    const std::function<Result<Proven>(Transaction&)> body = [=](Transaction& transaction) -> Result<Proven> {
        const auto rows = transaction.run(
            "update mailed_proofs p set used_at = now() from users u where p.token_hash = decode($1, 'hex') and u.id = p.user_id"
            " and p.purpose in ('verify', 'change') and p.used_at is null and p.expires_at > now()"
            " and (p.purpose = 'change' or p.email = u.email) returning p.user_id::text, p.purpose, p.email, u.email, u.language",
            token_hash);
        if (rows.empty()) return failed(Code::NotFound, "no such link");
        Proven proven{.user = rows[0][0].as<std::string>(),
                      .email = rows[0][2].as<std::string>(),
                      .language = rows[0][4].as<std::string>()};
        if (rows[0][1].as<std::string>() == "verify") {
            transaction.run("update users set email_verified_at = coalesce(email_verified_at, now()) where id = $1", proven.user);
            audit_account(transaction, proven.user, "user.email_proven", proven.user, address);
            return proven;
        }
        proven.old_email = rows[0][3].as<std::string>();
        const auto changed = transaction.run(
            "update users set email = $2, email_verified_at = now() where id = $1"
            " and not exists (select from users other where other.email = $2 and other.id <> $1) returning id",
            proven.user, proven.email);
        if (changed.empty()) return failed(Code::Conflict, "somebody else has that e-mail");
        transaction.run("update mailed_proofs set used_at = now() where user_id = $1 and used_at is null", proven.user);
        audit_account(transaction, proven.user, "user.email_changed", proven.user, address);
        return proven;
    };
    auto proven = co_await pool.transact<Proven>({}, body);
    co_return proven;
}

Task<Result<Account>> update_user(Pool& pool, std::string user, std::optional<std::string> name,
                                  std::optional<std::string> language, std::string address) {
    const std::function<Result<Account>(Transaction&)> body = [=](Transaction& transaction) -> Result<Account> {
        transaction.run("update users set name = coalesce($2, name), language = coalesce($3, language) where id = $1", user, name,
                        language);
        audit_account(transaction, user, "user.changed", user, address);
        return load_account(transaction, user);
    };
    auto updated = co_await pool.transact<Account>({}, body);
    co_return updated;
}

}  // namespace vivi::db
