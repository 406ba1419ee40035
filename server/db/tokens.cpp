// SQL of api_tokens.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/tokens.hpp"

#include <algorithm>

#include "common/model/event.hpp"
#include "server/db/gathered.hpp"
#include "server/db/load_account.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr int most_listed = 200;

TokenScope to_scope(const std::string& text) {
    if (text == "manage") return TokenScope::Manage;
    return text == "operate" ? TokenScope::Operate : TokenScope::Read;
}
std::string to_text(TokenScope scope) {
    if (scope == TokenScope::Manage) return "manage";
    return scope == TokenScope::Operate ? "operate" : "read";
}

std::optional<WallTime> time_or_nothing(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional{from_unix_ms(field.as<std::int64_t>())};
}

std::string columns() {
    return "t.id::text, t.organisation_id::text, coalesce(t.event_id::text, ''), t.user_id::text, t.name, t.scope, " +
           unix_ms("t.created_at") + ", " + unix_ms("t.expires_at") + ", " + unix_ms("t.last_used_at") + ", " +
           unix_ms("t.revoked_at");
}
ApiToken to_token(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .organisation = row[1].as<std::string>(),
            .event = row[2].as<std::string>(),
            .user = row[3].as<std::string>(),
            .name = row[4].as<std::string>(),
            .scope = to_scope(row[5].as<std::string>()),
            .created_at = from_unix_ms(row[6].as<std::int64_t>()),
            .expires_at = from_unix_ms(row[7].as<std::int64_t>()),
            .last_used_at = time_or_nothing(row[8]),
            .revoked_at = time_or_nothing(row[9])};
}

/// Roles are ordered from the owner down.
Role cut(Role role, TokenScope scope) {
    const auto most = scope == TokenScope::Manage    ? Role::Organiser
                      : scope == TokenScope::Operate ? Role::Operator
                                                     : Role::Viewer;
    return std::max(role, most);
}

}  // namespace

Account cut_to(Account account, const ApiToken& token) {
    std::erase_if(account.memberships, [&](const Membership& membership) {
        const bool is_elsewhere = !token.event.empty() && !membership.event.empty() && membership.event != token.event;
        return membership.organisation != token.organisation || is_elsewhere;
    });
    for (auto& membership : account.memberships) {
        membership.role = cut(membership.role, token.scope);
        if (!token.event.empty()) membership.event = token.event;
    }
    account.staff_role = StaffRole::None;
    account.is_token = true;
    return account;
}

Task<Result<Account>> find_token(Pool& auth, std::string token_hash) {
    const std::function<Result<Account>(Transaction&)> body = [token_hash](Transaction& transaction) -> Result<Account> {
        const auto rows = transaction.run("select " + columns() +
                                              ", coalesce(t.last_used_at < now() - interval '1 minute', true) from api_tokens t"
                                              " left join events e on e.id = t.event_id"
                                              " where t.token_hash = decode($1, 'hex') and t.revoked_at is null and t.expires_at "
                                              "> now() and e.closed_at is null",
                                          token_hash);
        if (rows.empty()) return failed(Code::NotFound, "no such token");
        const auto token = to_token(rows[0]);
        auto account = load_account(transaction, token.user);
        if (!account) return account;
        auto limited = cut_to(*std::move(account), token);
        if (limited.memberships.empty()) return failed(Code::NotFound, "its user has nothing there any more");
        if (rows[0][10].as<bool>()) transaction.run("update api_tokens set last_used_at = now() where id = $1", token.id);
        return limited;
    };
    auto account = co_await auth.transact<Account>({}, body);
    co_return account;
}

Task<Result<ApiToken>> create_token(Pool& api, Tenant tenant, NewApiToken token) {
    const std::function<Result<ApiToken>(Transaction&)> body = [token](Transaction& transaction) -> Result<ApiToken> {
        if (!token.event.empty() &&
            transaction
                .run("select 1 from events where id = $1 and organisation_id = current_organisation() and closed_at is null",
                     token.event)
                .empty())
            return failed(Code::NotFound, "no such event");
        const auto rows = transaction.run(
            "insert into api_tokens as t (organisation_id, event_id, user_id, name, scope, token_hash, expires_at)"
            " values (current_organisation(), nullif($1, '')::uuid, $2, $3, $4, decode($5, 'hex'), now() + $6 * interval '1 "
            "second')"
            " returning " +
                columns(),
            token.event, token.user, token.name, to_text(token.scope), token.token_hash, token.lifetime.count());
        auto made = to_token(rows[0]);
        write_audit(transaction, {.user = token.user,
                                  .address = token.address,
                                  .action = "token.created",
                                  .target = made.id,
                                  .detail = model::Json{{"name", made.name}, {"scope", to_text(made.scope)}}.dump()});
        return made;
    };
    auto made = co_await api.transact<ApiToken>(std::move(tenant), body);
    co_return made;
}

Task<Result<std::vector<ApiToken>>> tokens(Pool& api, Tenant tenant, std::string user) {
    using Tokens = std::vector<ApiToken>;
    const std::function<Result<Tokens>(Transaction&)> body = [user](Transaction& transaction) -> Result<Tokens> {
        Tokens found;
        const auto rows = transaction.run("select " + columns() +
                                              ", coalesce(u.email, '') from api_tokens t left join users u on u.id = t.user_id"
                                              " where t.organisation_id = current_organisation() and ($1 = '' or t.user_id = "
                                              "nullif($1, '')::uuid) order by t.created_at desc, t.id limit $2",
                                          user, most_listed);
        for (const auto& row : rows) {
            found.push_back(to_token(row));
            found.back().email = row[10].as<std::string>();
        }
        return found;
    };
    auto found = co_await api.transact<Tokens>(std::move(tenant), body);
    co_return found;
}

Task<Result<ApiToken>> revoke_token(Pool& api, Tenant tenant, std::string token, std::string owner, Actor by) {
    const std::function<Result<ApiToken>(Transaction&)> body = [=](Transaction& transaction) -> Result<ApiToken> {
        const auto rows = transaction.run(
            "update api_tokens t set revoked_at = coalesce(revoked_at, now()) where id = $1 and organisation_id = "
            "current_organisation() and ($2 = '' or user_id = nullif($2, '')::uuid) returning " +
                columns(),
            token, owner);
        if (rows.empty()) return failed(Code::NotFound, "no such token");
        write_audit(transaction,
                    {.user = by.user, .address = by.address, .action = "token.revoked", .target = token, .detail = "{}"});
        return to_token(rows[0]);
    };
    auto revoked = co_await api.transact<ApiToken>(std::move(tenant), body);
    co_return revoked;
}

}  // namespace vivi::db
