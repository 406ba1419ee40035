// SQL of users, memberships and sessions.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/accounts.hpp"

#include "common/core/net.hpp"
#include "server/db/auth_audit.hpp"
#include "server/db/gathered.hpp"
#include "server/db/load_account.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

StaffRole to_staff_role(const std::string& text) {
    if (text == "support") return StaffRole::Support;
    if (text == "operator") return StaffRole::Operator;
    if (text == "release") return StaffRole::Release;
    return text == "admin" ? StaffRole::Admin : StaffRole::None;
}

/// True when the person signed in with others before, and never with such a one. The newest 50 are remembered.
bool meet_browser(Transaction& transaction, const NewSession& session) {
    const auto met = transaction.run(
        "insert into known_browsers (user_id, browser)"
        " values ($1, sha256(convert_to(regexp_replace($2, '[0-9]+', '', 'g'), 'UTF8'))) on conflict do nothing"
        " returning (select count(*) from known_browsers where user_id = $1)",
        session.user, clean(session.user_agent, 300));
    if (met.empty()) return false;
    transaction.run(
        "delete from known_browsers where user_id = $1 and browser in"
        " (select browser from known_browsers where user_id = $1 order by first_at desc offset 50)",
        session.user);
    return met[0][0].as<std::int64_t>() > 0;  // Before this one: RETURNING does not see it.
}

}  // namespace

Result<Account> load_account(Transaction& transaction, const std::string& user) {
    const auto rows = transaction.run(
        "select id::text, email, name, coalesce(staff_role, ''), email_verified_at is not null, language from users where id = "
        "$1",
        user);
    if (rows.empty()) return failed(Code::NotFound, "no such user");
    Account account{.user = rows[0][0].as<std::string>(),
                    .email = rows[0][1].as<std::string>(),
                    .name = rows[0][2].as<std::string>(),
                    .is_verified = rows[0][4].as<bool>(),
                    .language = rows[0][5].as<std::string>(),
                    .staff_role = to_staff_role(rows[0][3].as<std::string>())};
    const auto memberships = transaction.run(
        "select organisations.id::text, organisations.name, memberships.role, coalesce(memberships.event_id::text, '')"
        " from memberships join organisations on organisations.id = memberships.organisation_id"
        " left join events on events.id = memberships.event_id where memberships.user_id = $1"
        " and (memberships.expires_at is null or memberships.expires_at > now()) and events.closed_at is null"
        " order by organisations.name, memberships.event_id nulls first",
        user);
    for (const auto& row : memberships)
        account.memberships.push_back({.organisation = row[0].as<std::string>(),
                                       .organisation_name = row[1].as<std::string>(),
                                       .event = row[3].as<std::string>(),
                                       .role = to_role(row[2].as<std::string>())});
    return account;
}

std::string_view to_text(Role role) noexcept {
    switch (role) {
        case Role::Owner: return "owner";
        case Role::Organiser: return "organiser";
        case Role::Operator: return "operator";
        case Role::Viewer: return "viewer";
    }
    return "viewer";
}

Role to_role(std::string_view text) noexcept {
    if (text == "owner") return Role::Owner;
    if (text == "organiser") return Role::Organiser;
    return text == "operator" ? Role::Operator : Role::Viewer;
}

std::string address_or_nothing(const std::string& text) { return parse_ipv4(text) || parse_ipv6(text) ? text : std::string{}; }

void audit_account(Transaction& transaction, const std::string& user, std::string_view action, const std::string& target,
                   const std::string& address) {
    transaction.run(
        "insert into audit_log (user_id, action, target, address) values (nullif($1, '')::uuid, $2, $3, nullif($4, '')::inet)",
        user, std::string{action}, target, address_or_nothing(address));
}

Task<Result<Credentials>> find_credentials(Pool& pool, std::string email) {
    const std::function<Result<Credentials>(Transaction&)> body = [email](Transaction& transaction) -> Result<Credentials> {
        const auto rows = transaction.run("select id::text, password_hash from users where email = $1", email);
        if (rows.empty()) return failed(Code::NotFound, "no such user");
        return Credentials{.user = rows[0][0].as<std::string>(), .password_hash = rows[0][1].as<std::string>()};
    };
    auto found = co_await pool.transact<Credentials>({}, body);
    co_return found;
}

Task<Status> replace_password_hash(Pool& pool, std::string user, std::string password_hash) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        transaction.run("update users set password_hash = $2 where id = $1", user, password_hash);
        return true;
    };
    auto replaced = co_await pool.transact<bool>({}, body);
    if (!replaced) co_return std::unexpected{std::move(replaced).error()};
    co_return Status{};
}

Task<Result<Account>> create_session(Pool& pool, NewSession session) {
    const std::function<Result<Account>(Transaction&)> body = [session](Transaction& transaction) -> Result<Account> {
        transaction.run("delete from sessions where user_id = $1 and expires_at <= now()", session.user);
        transaction.run(
            "insert into sessions (user_id, token_hash, expires_at, address, user_agent, stepped_up_at)"
            " values ($1, decode($2, 'hex'), now() + $3 * interval '1 second', nullif($4, '')::inet, $5, now())",
            session.user, session.token_hash, session.lifetime.count(), address_or_nothing(session.address),
            clean(session.user_agent, 300));
        audit_account(transaction, session.user, "session.started", session.user, session.address);
        const bool is_new_browser = meet_browser(transaction, session);
        auto account = load_account(transaction, session.user);
        if (account) account->is_new_browser = is_new_browser;
        return account;
    };
    auto account = co_await pool.transact<Account>({}, body);
    co_return account;
}

Task<Result<Account>> find_session(Pool& pool, std::string token_hash) {
    const std::function<Result<Account>(Transaction&)> body = [token_hash](Transaction& transaction) -> Result<Account> {
        const auto rows = transaction.run(
            "select s.user_id::text, s.last_seen_at < now() - interval '1 minute' from sessions s join users u on u.id = "
            "s.user_id"
            " where s.token_hash = decode($1, 'hex') and " +
                std::string{session_is_live},
            token_hash);
        if (rows.empty()) return failed(Code::NotFound, "no such session");
        if (rows[0][1].as<bool>())
            transaction.run("update sessions set last_seen_at = now() where token_hash = decode($1, 'hex')", token_hash);
        return load_account(transaction, rows[0][0].as<std::string>());
    };
    auto account = co_await pool.transact<Account>({}, body);
    co_return account;
}

Task<Status> delete_session(Pool& pool, std::string token_hash, std::string address) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        const auto rows =
            transaction.run("delete from sessions where token_hash = decode($1, 'hex') returning user_id::text", token_hash);
        if (!rows.empty())
            audit_account(transaction, rows[0][0].as<std::string>(), "session.ended", rows[0][0].as<std::string>(), address);
        return true;
    };
    auto deleted = co_await pool.transact<bool>({}, body);
    if (!deleted) co_return std::unexpected{std::move(deleted).error()};
    co_return Status{};
}

Task<Status> record_refused_login(Pool& pool, std::string user, std::string reason, std::string address) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        audit_account(transaction, user, "session.refused", reason, address);
        return true;
    };
    auto recorded = co_await pool.transact<bool>({}, body);
    if (!recorded) co_return std::unexpected{std::move(recorded).error()};
    co_return Status{};
}

}  // namespace vivi::db
