// SQL of an invitation as its guest sees it: no organisation is known before the token was found.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/auth_audit.hpp"
#include "server/db/invitation_row.hpp"

namespace vivi::db {
namespace {

/// The account that accepts: the one that is signed in, or a new one. Only a mailed link proves the mailbox of a new account.
Result<std::string> guest(Transaction& transaction, const Acceptance& acceptance, const std::string& email, bool is_mailed) {
    if (acceptance.user.empty()) {
        const auto made = transaction.run(
            "insert into users (email, name, password_hash, email_verified_at) values ($1, $2, $3, case when $4 then now() end)"
            " on conflict (email) do nothing returning id::text",
            email, acceptance.name, acceptance.password_hash, is_mailed);
        if (made.empty()) return failed(Code::Conflict, "that e-mail has an account");
        audit_account(transaction, made[0][0].as<std::string>(), "user.registered", made[0][0].as<std::string>(),
                      acceptance.address);
        return made[0][0].as<std::string>();
    }
    const auto rows = transaction.run(
        "update users set email_verified_at = coalesce(email_verified_at, case when $3 then now() end)"
        " where id = $1 and email = $2 returning id::text",
        acceptance.user, email, is_mailed);
    if (rows.empty()) return failed(Code::Denied, "the invitation is for another e-mail");
    return acceptance.user;
}

}  // namespace

Task<Result<FoundInvitation>> find_invitation(Pool& pool, std::string token_hash) {
    const std::function<Result<FoundInvitation>(Transaction&)> body =
        [token_hash](Transaction& transaction) -> Result<FoundInvitation> {
        const auto rows = transaction.run(
            invitation_query(", i.mail_hash = decode($1, 'hex'), exists (select from users u where u.email = i.email)") +
                " where (i.link_hash = decode($1, 'hex') or i.mail_hash = decode($1, 'hex')) and " +
                std::string{invitation_is_open},
            token_hash);
        if (rows.empty()) return failed(Code::NotFound, "no such invitation");
        return FoundInvitation{.invitation = to_invitation(rows[0]),
                               .is_mailed = rows[0][invitation_columns].as<bool>(),
                               .has_account = rows[0][invitation_columns + 1].as<bool>()};
    };
    auto found = co_await pool.transact<FoundInvitation>({}, body);
    co_return found;
}

Task<Status> replace_mailed_link(Pool& pool, std::string id, std::string mail_hash) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        transaction.run("update invitations set mail_hash = decode($2, 'hex') where id = $1", id, mail_hash);
        return true;
    };
    auto replaced = co_await pool.transact<bool>({}, body);
    if (!replaced) co_return std::unexpected{std::move(replaced).error()};
    co_return Status{};
}

Task<Result<std::string>> accept_invitation(Pool& pool, Acceptance acceptance) {
    const std::function<Result<std::string>(Transaction&)> body = [acceptance](Transaction& transaction) -> Result<std::string> {
        const auto rows = transaction.run(
            "select i.id::text, i.organisation_id::text, i.email, i.mail_hash = decode($1, 'hex') from invitations i"
            " where (i.link_hash = decode($1, 'hex') or i.mail_hash = decode($1, 'hex')) and " +
                std::string{invitation_is_open} + " for update of i",
            acceptance.token_hash);
        if (rows.empty()) return failed(Code::NotFound, "no such invitation");
        const auto id = rows[0][0].as<std::string>(), organisation = rows[0][1].as<std::string>();
        auto user = guest(transaction, acceptance, rows[0][2].as<std::string>(), rows[0][3].as<bool>());
        if (!user) return user;
        transaction.run(
            "insert into memberships (organisation_id, user_id, event_id, role, expires_at)"
            " select organisation_id, $2, event_id, role, membership_expires_at from invitations where id = $1"
            " on conflict (organisation_id, user_id, event_id) do update set role = excluded.role, expires_at = "
            "excluded.expires_at"
            " where role_rank(memberships.role) < role_rank(excluded.role) or memberships.expires_at <= now()",
            id, *user);
        transaction.run("update invitations set accepted_at = now(), accepted_by = $2 where id = $1", id, *user);
        transaction.run(
            "insert into audit_log (organisation_id, user_id, action, target, address)"
            " values ($1, $2, 'invitation.accepted', $3, nullif($4, '')::inet)",
            organisation, *user, id, address_or_nothing(acceptance.address));
        return user;
    };
    auto user = co_await pool.transact<std::string>({}, body);
    co_return user;
}

}  // namespace vivi::db
