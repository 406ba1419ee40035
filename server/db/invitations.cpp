// SQL of the invitations table, as an organisation sees it.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/invitations.hpp"

#include "common/model/fields.hpp"
#include "server/db/invitation_row.hpp"
#include "server/db/revisions.hpp"

namespace vivi::db {
namespace {

constexpr std::int64_t most_open = 200;

InvitationState to_state(const std::string& text) {
    if (text == "accepted") return InvitationState::Accepted;
    if (text == "revoked") return InvitationState::Revoked;
    return text == "expired" ? InvitationState::Expired : InvitationState::Open;
}

void audit(Transaction& transaction, const Inviter& by, std::string action, const Invitation& invitation) {
    write_audit(transaction, {.user = by.user,
                              .address = by.address,
                              .action = std::move(action),
                              .target = invitation.id,
                              .detail = model::Json{{"role", to_text(invitation.role)}, {"event", invitation.event}}.dump()});
}

bool may_give(Transaction& transaction, const Inviter& by, const std::string& event, Role role) {
    return transaction
        .run("select may_invite($1, current_organisation(), nullif($2, '')::uuid, $3)", by.user, event,
             std::string{to_text(role)})[0][0]
        .as<bool>();
}

bool is_event_open(Transaction& transaction, const std::string& event) {
    return event.empty() || !transaction
                                 .run(
                                     "select from events where organisation_id = current_organisation() and id = $1"
                                     " and closed_at is null",
                                     event)
                                 .empty();
}

Result<Invitation> load(Transaction& transaction, const std::string& id) {
    const auto rows = transaction.run(invitation_query() + " where i.organisation_id = current_organisation() and i.id = $1", id);
    if (rows.empty()) return failed(Code::NotFound, "no such invitation");
    return to_invitation(rows[0]);
}

/// One that a person wants to change: not over yet, and theirs to give.
Result<Invitation> load_for_change(Transaction& transaction, const Inviter& by, const std::string& id) {
    transaction.run("select from invitations where organisation_id = current_organisation() and id = $1 for update", id);
    auto found = load(transaction, id);
    if (!found) return found;
    if (found->state == InvitationState::Accepted || found->state == InvitationState::Revoked)
        return failed(Code::NotFound, "no such open invitation");
    if (!may_give(transaction, by, found->event, found->role)) return failed(Code::Denied, "may not give that role");
    return found;
}

}  // namespace

std::string invitation_query(std::string_view more) {
    return "select i.id::text, coalesce(i.event_id::text, ''), i.email, i.role,"
           " case when i.accepted_at is not null then 'accepted' when i.revoked_at is not null then 'revoked'"
           " when i.expires_at <= now() then 'expired'"
           " when not may_invite(i.invited_by, i.organisation_id, i.event_id, i.role) then 'revoked' else 'open' end,"
           " i.inviter_name, " +
           unix_ms("i.created_at") + ", " + unix_ms("i.expires_at") + ", " + unix_ms("i.membership_expires_at") +
           ", (extract(epoch from i.created_at) * 1000000)::bigint, o.name, coalesce(e.name, '')" + std::string{more} +
           " from invitations i join organisations o on o.id = i.organisation_id left join events e on e.id = i.event_id";
}

Invitation to_invitation(const pqxx::row& row) {
    Invitation invitation{.id = row[0].as<std::string>(),
                          .event = row[1].as<std::string>(),
                          .email = row[2].as<std::string>(),
                          .role = to_role(row[3].as<std::string>()),
                          .state = to_state(row[4].as<std::string>()),
                          .inviter_name = row[5].as<std::string>(),
                          .created_at = from_unix_ms(row[6].as<std::int64_t>()),
                          .expires_at = from_unix_ms(row[7].as<std::int64_t>()),
                          .created_us = row[9].as<std::int64_t>(),
                          .organisation_name = row[10].as<std::string>(),
                          .event_name = row[11].as<std::string>()};
    if (!row[8].is_null()) invitation.membership_expires_at = from_unix_ms(row[8].as<std::int64_t>());
    return invitation;
}

Task<Result<Invitation>> create_invitation(Pool& pool, Tenant tenant, NewInvitation made) {
    const std::function<Result<Invitation>(Transaction&)> body = [made](Transaction& transaction) -> Result<Invitation> {
        if (!is_event_open(transaction, made.event)) return failed(Code::NotFound, "no such event");
        if (!may_give(transaction, made.by, made.event, made.role)) return failed(Code::Denied, "may not give that role");
        const auto open = transaction.run(
            "select count(*) from invitations where organisation_id = current_organisation() and accepted_at is null"
            " and revoked_at is null and expires_at > now()");
        if (open[0][0].as<std::int64_t>() >= most_open) return failed(Code::Overflow, "200 invitations are open");
        std::optional<std::int64_t> ends;
        if (made.membership_expires_at) ends = to_unix_ms(*made.membership_expires_at);
        const auto rows = transaction.run(
            "insert into invitations (organisation_id, event_id, email, role, membership_expires_at, link_hash, mail_hash,"
            " invited_by, inviter_name, expires_at) values (current_organisation(), nullif($1, '')::uuid, $2, $3, " +
                instant_of("$4") +
                ", decode($5, 'hex'), decode($6, 'hex'), $7, $8, now() + $9 * interval '1 second') returning id::text",
            made.event, made.email, std::string{to_text(made.role)}, ends, made.hashes.link, made.hashes.mail, made.by.user,
            made.by.name, made.lifetime.count());
        auto invitation = load(transaction, rows[0][0].as<std::string>());
        if (invitation) audit(transaction, made.by, "invitation.created", *invitation);
        return invitation;
    };
    auto invitation = co_await pool.transact<Invitation>(std::move(tenant), body);
    co_return invitation;
}

Task<Result<std::vector<Invitation>>> invitations(Pool& pool, Tenant tenant, InvitationQuery query) {
    using Rows = std::vector<Invitation>;
    const std::function<Result<Rows>(Transaction&)> body = [query](Transaction& transaction) -> Result<Rows> {
        Rows rows;
        const auto found = transaction.run(
            invitation_query() +
                " where i.organisation_id = current_organisation() and ($1 = '' or i.event_id = nullif($1, '')::uuid)"
                " and ($2::bigint is null or (i.created_at, i.id) < ('epoch'::timestamptz + $2::bigint * interval '1 "
                "microsecond',"
                " nullif($3, '')::uuid)) order by i.created_at desc, i.id desc limit $4",
            query.event, query.before_us, query.before_id, query.first + 1);
        for (const auto& row : found) rows.push_back(to_invitation(row));
        return rows;
    };
    auto found = co_await pool.transact<Rows>(std::move(tenant), body);
    co_return found;
}

Task<Result<Invitation>> invitation(Pool& pool, Tenant tenant, std::string id) {
    const std::function<Result<Invitation>(Transaction&)> body = [id](Transaction& transaction) { return load(transaction, id); };
    auto found = co_await pool.transact<Invitation>(std::move(tenant), body);
    co_return found;
}

Task<Result<Invitation>> revoke_invitation(Pool& pool, Tenant tenant, Inviter by, std::string id) {
    const std::function<Result<Invitation>(Transaction&)> body = [=](Transaction& transaction) -> Result<Invitation> {
        auto found = load_for_change(transaction, by, id);
        if (!found) return found;
        transaction.run("update invitations set revoked_at = now() where organisation_id = current_organisation() and id = $1",
                        id);
        audit(transaction, by, "invitation.revoked", *found);
        return load(transaction, id);
    };
    auto revoked = co_await pool.transact<Invitation>(std::move(tenant), body);
    co_return revoked;
}

Task<Result<Invitation>> renew_invitation(Pool& pool, Tenant tenant, Inviter by, std::string id, InvitationHashes hashes,
                                          Seconds lifetime) {
    const std::function<Result<Invitation>(Transaction&)> body = [=](Transaction& transaction) -> Result<Invitation> {
        auto found = load_for_change(transaction, by, id);
        if (!found) return found;
        transaction.run(
            "update invitations set link_hash = decode($2, 'hex'), mail_hash = decode($3, 'hex'), invited_by = $4,"
            " inviter_name = $5, expires_at = now() + $6 * interval '1 second'"
            " where organisation_id = current_organisation() and id = $1",
            id, hashes.link, hashes.mail, by.user, by.name, lifetime.count());
        audit(transaction, by, "invitation.renewed", *found);
        return load(transaction, id);
    };
    auto renewed = co_await pool.transact<Invitation>(std::move(tenant), body);
    co_return renewed;
}

}  // namespace vivi::db
