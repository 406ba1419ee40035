// SQL of the sessions table, as its owners see it.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/sessions.hpp"

#include "server/db/auth_audit.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr int most_sessions = 100;

SessionRow to_session(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .address = row[1].as<std::string>(),
            .user_agent = row[2].as<std::string>(),
            .created_at = from_unix_ms(row[3].as<std::int64_t>()),
            .last_seen_at = from_unix_ms(row[4].as<std::int64_t>()),
            .expires_at = from_unix_ms(row[5].as<std::int64_t>()),
            .is_current = row[6].as<bool>()};
}

}  // namespace

Task<Result<std::vector<SessionRow>>> sessions(Pool& pool, std::string user, std::string token_hash) {
    using Rows = std::vector<SessionRow>;
    const std::function<Result<Rows>(Transaction&)> body = [=](Transaction& transaction) -> Result<Rows> {
        Rows rows;
        const auto found = transaction.run(
            "select s.id::text, coalesce(host(s.address), ''), s.user_agent, " + unix_ms("s.created_at") + ", " +
                unix_ms("s.last_seen_at") + ", " +
                unix_ms("case when u.staff_role is null then s.expires_at"
                        " else least(s.expires_at, s.created_at + interval '8 hours') end") +
                ", s.token_hash = decode($2, 'hex') from sessions s join users u on u.id = s.user_id where s.user_id = $1 and " +
                std::string{session_is_live} + " order by s.last_seen_at desc, s.id limit $3",
            user, token_hash, most_sessions);
        for (const auto& row : found) rows.push_back(to_session(row));
        return rows;
    };
    auto found = co_await pool.transact<Rows>({}, body);
    co_return found;
}

Task<Status> end_session(Pool& pool, SessionEnd by, std::string session) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        const auto rows =
            transaction.run("delete from sessions where id = $1 and user_id = $2 returning id::text", session, by.user);
        if (rows.empty()) return failed(Code::NotFound, "no such session");
        audit_account(transaction, by.user, "session.revoked", session, by.address);
        return true;
    };
    auto ended = co_await pool.transact<bool>({}, body);
    if (!ended) co_return std::unexpected{std::move(ended).error()};
    co_return Status{};
}

Task<Result<int>> end_other_sessions(Pool& pool, SessionEnd by, std::string token_hash) {
    const std::function<Result<int>(Transaction&)> body = [=](Transaction& transaction) -> Result<int> {
        const auto ended =
            transaction.run("delete from sessions where user_id = $1 and token_hash <> decode($2, 'hex')", by.user, token_hash);
        audit_account(transaction, by.user, "session.others_revoked", by.user, by.address);
        return static_cast<int>(ended.affected_rows());
    };
    auto ended = co_await pool.transact<int>({}, body);
    co_return ended;
}

Task<Status> step_up(Pool& pool, SessionEnd by, std::string token_hash) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        const auto rows = transaction.run(
            "update sessions set stepped_up_at = now() where token_hash = decode($1, 'hex') and user_id = $2 returning id",
            token_hash, by.user);
        if (rows.empty()) return failed(Code::NotFound, "no such session");
        audit_account(transaction, by.user, "session.stepped_up", by.user, by.address);
        return true;
    };
    auto done = co_await pool.transact<bool>({}, body);
    if (!done) co_return std::unexpected{std::move(done).error()};
    co_return Status{};
}

Task<Result<bool>> is_stepped_up(Pool& pool, std::string token_hash, Seconds lately) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        return !transaction
                    .run("select from sessions s join users u on u.id = s.user_id where s.token_hash = decode($1, 'hex') and " +
                             std::string{session_is_live} + " and s.stepped_up_at > now() - $2 * interval '1 second'",
                         token_hash, lately.count())
                    .empty();
    };
    auto is_it = co_await pool.transact<bool>({}, body);
    co_return is_it;
}

}  // namespace vivi::db
