// SQL of second_factors, recovery_codes and login_challenges.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/second_factors.hpp"

#include "server/db/auth_audit.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

/// One transaction whose answer is only whether it went well.
Task<Status> transact(Pool& pool, std::function<Status(Transaction&)> work) {
    const std::function<Result<bool>(Transaction&)> body = [work](Transaction& transaction) -> Result<bool> {
        if (auto done = work(transaction); !done) return std::unexpected{std::move(done).error()};
        return true;
    };
    auto done = co_await pool.transact<bool>({}, body);
    if (!done) co_return std::unexpected{std::move(done).error()};
    co_return Status{};
}

void put_codes(Transaction& transaction, const std::string& user, const std::vector<std::string>& hashes) {
    transaction.run("delete from recovery_codes where user_id = $1", user);
    for (const auto& hash : hashes)
        transaction.run("insert into recovery_codes (user_id, code_hash) values ($1, decode($2, 'hex'))", user, hash);
}

}  // namespace

Task<Result<SecondFactor>> second_factor(Pool& pool, std::string user) {
    const std::function<Result<SecondFactor>(Transaction&)> body = [user](Transaction& transaction) -> Result<SecondFactor> {
        const auto rows = transaction.run(
            "select encode(sealed_secret, 'hex'), confirmed_at is not null, last_step,"
            " (select count(*) from recovery_codes r where r.user_id = $1 and r.used_at is null)"
            " from second_factors where user_id = $1",
            user);
        if (rows.empty()) return failed(Code::NotFound, "no second factor");
        return SecondFactor{.sealed_secret = rows[0][0].as<std::string>(),
                            .is_on = rows[0][1].as<bool>(),
                            .last_step = rows[0][2].as<std::int64_t>(),
                            .recovery_codes = rows[0][3].as<int>()};
    };
    auto found = co_await pool.transact<SecondFactor>({}, body);
    co_return found;
}

Task<Status> begin_second_factor(Pool& pool, std::string user, std::string sealed_secret) {
    const std::function<Status(Transaction&)> work = [=](Transaction& transaction) -> Status {
        const auto rows = transaction.run(
            "insert into second_factors (user_id, sealed_secret) values ($1, decode($2, 'hex'))"
            " on conflict (user_id) do update set sealed_secret = excluded.sealed_secret, last_step = 0, created_at = now()"
            " where second_factors.confirmed_at is null returning user_id",
            user, sealed_secret);
        if (rows.empty()) return failed(Code::Conflict, "a second factor is on already");
        return {};
    };
    auto done = co_await transact(pool, work);
    co_return done;
}

Task<Status> confirm_second_factor(Pool& pool, SessionEnd by, std::int64_t step, std::vector<std::string> code_hashes) {
    const std::function<Status(Transaction&)> work = [=](Transaction& transaction) -> Status {
        const auto rows = transaction.run(
            "update second_factors set confirmed_at = now(), last_step = $2 where user_id = $1 and confirmed_at is null"
            " returning user_id",
            by.user, step);
        if (rows.empty()) return failed(Code::Conflict, "a second factor is on already");
        put_codes(transaction, by.user, code_hashes);
        audit_account(transaction, by.user, "second_factor.on", by.user, by.address);
        return {};
    };
    auto done = co_await transact(pool, work);
    co_return done;
}

Task<Result<bool>> use_step(Pool& pool, std::string user, std::int64_t step) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        return !transaction
                    .run(
                        "update second_factors set last_step = $2 where user_id = $1 and last_step < $2 and confirmed_at is not "
                        "null"
                        " returning user_id",
                        user, step)
                    .empty();
    };
    auto used = co_await pool.transact<bool>({}, body);
    co_return used;
}

Task<Result<bool>> use_recovery_code(Pool& pool, SessionEnd by, std::string code_hash) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        const auto rows = transaction.run(
            "update recovery_codes set used_at = now() where user_id = $1 and code_hash = decode($2, 'hex') and used_at is null"
            " returning user_id",
            by.user, code_hash);
        if (rows.empty()) return false;
        audit_account(transaction, by.user, "recovery_code.used", by.user, by.address);
        return true;
    };
    auto used = co_await pool.transact<bool>({}, body);
    co_return used;
}

Task<Status> replace_recovery_codes(Pool& pool, SessionEnd by, std::vector<std::string> code_hashes) {
    const std::function<Status(Transaction&)> work = [=](Transaction& transaction) -> Status {
        put_codes(transaction, by.user, code_hashes);
        audit_account(transaction, by.user, "recovery_codes.renewed", by.user, by.address);
        return {};
    };
    auto done = co_await transact(pool, work);
    co_return done;
}

Task<Status> remove_second_factor(Pool& pool, SessionEnd by) {
    const std::function<Status(Transaction&)> work = [=](Transaction& transaction) -> Status {
        transaction.run("delete from second_factors where user_id = $1", by.user);
        put_codes(transaction, by.user, {});
        audit_account(transaction, by.user, "second_factor.off", by.user, by.address);
        return {};
    };
    auto done = co_await transact(pool, work);
    co_return done;
}

Task<Status> create_challenge(Pool& pool, std::string user, std::string token_hash, Seconds lifetime) {
    const std::function<Status(Transaction&)> work = [=](Transaction& transaction) -> Status {
        transaction.run("delete from login_challenges where user_id = $1 and expires_at <= now()", user);
        transaction.run(
            "insert into login_challenges (token_hash, user_id, expires_at)"
            " values (decode($1, 'hex'), $2, now() + $3 * interval '1 second')",
            token_hash, user, lifetime.count());
        return {};
    };
    auto done = co_await transact(pool, work);
    co_return done;
}

Task<Result<std::string>> try_challenge(Pool& pool, std::string token_hash, int most) {
    const std::function<Result<std::string>(Transaction&)> body = [=](Transaction& transaction) -> Result<std::string> {
        const auto rows = transaction.run(
            "update login_challenges set attempts = attempts + 1 where token_hash = decode($1, 'hex') and expires_at > now()"
            " and attempts < $2 returning user_id::text",
            token_hash, most);
        if (rows.empty()) return failed(Code::NotFound, "no such challenge");
        return rows[0][0].as<std::string>();
    };
    auto user = co_await pool.transact<std::string>({}, body);
    co_return user;
}

Task<Status> end_challenge(Pool& pool, std::string token_hash) {
    const std::function<Status(Transaction&)> work = [=](Transaction& transaction) -> Status {
        transaction.run("delete from login_challenges where token_hash = decode($1, 'hex')", token_hash);
        return {};
    };
    auto done = co_await transact(pool, work);
    co_return done;
}

}  // namespace vivi::db
