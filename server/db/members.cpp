// SQL of memberships, as an organisation keeps them.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/members.hpp"

#include "common/model/event.hpp"
#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

std::string select_members() {
    return "select m.id::text, m.organisation_id::text, coalesce(m.event_id::text, ''), m.user_id::text, coalesce(u.email, ''),"
           " coalesce(u.name, ''), m.role, (extract(epoch from m.created_at) * 1000000)::bigint, " +
           unix_ms("m.expires_at") +
           ", coalesce(m.expires_at <= now(), false) from memberships m left join users u on u.id = m.user_id"
           " where m.organisation_id = current_organisation()";
}
Member to_member(const pqxx::row& row) {
    Member member{.id = row[0].as<std::string>(),
                  .organisation = row[1].as<std::string>(),
                  .event = row[2].as<std::string>(),
                  .user = row[3].as<std::string>(),
                  .email = row[4].as<std::string>(),
                  .name = row[5].as<std::string>(),
                  .role = to_role(row[6].as<std::string>()),
                  .created_us = row[7].as<std::int64_t>(),
                  .has_ended = row[9].as<bool>()};
    if (!row[8].is_null()) member.expires_at = from_unix_ms(row[8].as<std::int64_t>());
    return member;
}

Result<Member> read(Transaction& transaction, const std::string& id) {
    const auto rows = transaction.run(select_members() + " and m.id = $1", id);
    if (rows.empty()) return failed(Code::NotFound, "no such member");
    return to_member(rows[0]);
}

/// Changes of who owns an organisation wait for each other, and the last owner stays.
void lock_owners(Transaction& transaction) {
    transaction.run(
        "select id from memberships where organisation_id = current_organisation() and role = 'owner' order by id for update");
}
Status require_another_owner(Transaction& transaction, const std::string& user) {
    const auto others = transaction.run(
        "select 1 from memberships where organisation_id = current_organisation() and role = 'owner' and user_id <> $1"
        " and (expires_at is null or expires_at > now()) limit 1",
        user);
    if (others.empty()) return failed(Code::Conflict, "The last owner hands the organisation over first.");
    return {};
}

/// The rank (role_rank, migration 0005) of `by` at the place of the member now; 0: none.
int rank_of(Transaction& transaction, const Actor& by, const std::string& event) {
    return transaction
        .run(
            "select coalesce(max(role_rank(role)), 0) from memberships where organisation_id = current_organisation()"
            " and user_id = $1 and (event_id is null or event_id = nullif($2, '')::uuid)"
            " and (expires_at is null or expires_at > now())",
            by.user, event)[0][0]
        .as<int>();
}
int rank_of(Role role) { return 4 - static_cast<int>(role); }

/// The member, locked, when `by` may decide about it.
Result<Member> lock(Transaction& transaction, const std::string& id, const Actor& by) {
    lock_owners(transaction);
    transaction.run("select 1 from memberships where id = $1 and organisation_id = current_organisation() for update", id);
    auto found = read(transaction, id);
    if (!found) return found;
    const auto rank = rank_of(transaction, by, found->event);
    if (rank < rank_of(Role::Organiser) || rank < rank_of(found->role))
        return failed(Code::Denied, "This member's role is above yours.");
    return found;
}

void note(Transaction& transaction, const Actor& by, const std::string& action, const Member& member) {
    model::Json detail{{"user", member.user}, {"role", std::string{to_text(member.role)}}};
    if (!member.event.empty()) detail["event"] = member.event;
    write_audit(transaction,
                {.user = by.user, .address = by.address, .action = action, .target = member.id, .detail = detail.dump()});
}

}  // namespace

Task<Result<MemberPage>> members(Pool& api, Tenant tenant, MemberQuery query) {
    const std::function<Result<MemberPage>(Transaction&)> body = [query](Transaction& transaction) -> Result<MemberPage> {
        const auto rows =
            transaction.run(select_members() +
                                " and ($1 = '' or m.event_id = nullif($1, '')::uuid) and ($2::bigint is null or "
                                "((extract(epoch from m.created_at) * 1000000)::bigint, m.id) > ($2, nullif($3, '')::uuid))"
                                " order by (extract(epoch from m.created_at) * 1000000)::bigint, m.id limit $4",
                            query.event, query.after_us, query.after_id, query.first + 1);
        MemberPage page{.has_next = static_cast<int>(rows.size()) > query.first};
        for (const auto& row : rows) {
            if (static_cast<int>(page.rows.size()) < query.first) page.rows.push_back(to_member(row));
        }
        return page;
    };
    auto page = co_await api.transact<MemberPage>(std::move(tenant), body);
    co_return page;
}

Task<Result<Member>> member(Pool& api, Tenant tenant, std::string id) {
    const std::function<Result<Member>(Transaction&)> body = [id](Transaction& transaction) { return read(transaction, id); };
    auto found = co_await api.transact<Member>(std::move(tenant), body);
    co_return found;
}

Task<Result<Member>> change_member(Pool& api, Tenant tenant, MemberChange change) {
    const std::function<Result<Member>(Transaction&)> body = [change](Transaction& transaction) -> Result<Member> {
        auto found = lock(transaction, change.id, change.by);
        if (!found) return found;
        const auto role = change.role.value_or(found->role);
        if (rank_of(role) > rank_of(transaction, change.by, found->event))
            return failed(Code::Denied, "Nobody gives a role above their own.");
        if (role == Role::Owner && !found->event.empty()) return failed(Code::Denied, "An event has no owner of its own.");
        const bool ends = change.has_expiry && change.expires_at.has_value();
        if (found->role == Role::Owner && (role != Role::Owner || ends)) {
            if (auto other = require_another_owner(transaction, found->user); !other) return std::unexpected{other.error()};
        }
        transaction.run("update memberships set role = $2, expires_at = case when $3 then " + instant_of("$4") +
                            " else expires_at end where id = $1",
                        change.id, std::string{to_text(role)}, change.has_expiry,
                        change.expires_at ? std::optional{to_unix_ms(*change.expires_at)} : std::nullopt);
        auto changed = read(transaction, change.id);
        if (changed) note(transaction, change.by, "member.changed", *changed);
        return changed;
    };
    auto changed = co_await api.transact<Member>(std::move(tenant), body);
    co_return changed;
}

Task<Result<Member>> remove_member(Pool& api, Tenant tenant, std::string id, Actor by) {
    const std::function<Result<Member>(Transaction&)> body = [id, by](Transaction& transaction) -> Result<Member> {
        auto found = lock(transaction, id, by);
        if (!found) return found;
        if (found->role == Role::Owner) {
            if (auto other = require_another_owner(transaction, found->user); !other) return std::unexpected{other.error()};
        }
        note(transaction, by, "member.removed", *found);
        transaction.run("delete from memberships where id = $1", id);
        return found;
    };
    auto removed = co_await api.transact<Member>(std::move(tenant), body);
    co_return removed;
}

Task<Status> leave_organisation(Pool& api, Tenant tenant, Actor by) {
    const std::function<Result<bool>(Transaction&)> body = [by](Transaction& transaction) -> Result<bool> {
        lock_owners(transaction);
        const auto rows = transaction.run(select_members() + " and m.user_id = $1", by.user);
        for (const auto& row : rows) {
            const auto mine = to_member(row);
            if (mine.role == Role::Owner) {
                if (auto other = require_another_owner(transaction, by.user); !other) return std::unexpected{other.error()};
            }
            note(transaction, by, "member.left", mine);
        }
        transaction.run("delete from memberships where organisation_id = current_organisation() and user_id = $1", by.user);
        return true;
    };
    auto left = co_await api.transact<bool>(std::move(tenant), body);
    if (!left) co_return std::unexpected{std::move(left).error()};
    co_return Status{};
}

Task<Result<Member>> hand_over(Pool& api, Tenant tenant, std::string id, Actor by) {
    const std::function<Result<Member>(Transaction&)> body = [id, by](Transaction& transaction) -> Result<Member> {
        auto found = lock(transaction, id, by);
        if (!found) return found;
        if (rank_of(transaction, by, {}) < rank_of(Role::Owner)) return failed(Code::Denied, "Only an owner hands over.");
        if (!found->event.empty() || found->has_ended)
            return failed(Code::NotFound, "the organisation goes to a member of all of it");
        if (found->user == by.user) return found;
        transaction.run("update memberships set role = 'owner', expires_at = null where id = $1", id);
        transaction.run(
            "update memberships set role = 'organiser' where organisation_id = current_organisation() and user_id = $1"
            " and role = 'owner'",
            by.user);
        auto changed = read(transaction, id);
        if (changed) note(transaction, by, "organisation.handed_over", *changed);
        return changed;
    };
    auto changed = co_await api.transact<Member>(std::move(tenant), body);
    co_return changed;
}

}  // namespace vivi::db
