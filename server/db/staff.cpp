// SQL of GodView: lists of routers, users and organisations, and what an admin decides.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/staff.hpp"

#include "common/model/event.hpp"
#include "server/db/auth_audit.hpp"
#include "server/db/like.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

std::string micros(std::string_view column) { return "(extract(epoch from " + std::string{column} + ") * 1000000)::bigint"; }
std::optional<WallTime> time_or_nothing(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional{from_unix_ms(field.as<std::int64_t>())};
}

StaffRole to_staff_role(const std::string& text) {
    if (text == "support") return StaffRole::Support;
    if (text == "operator") return StaffRole::Operator;
    if (text == "release") return StaffRole::Release;
    return text == "admin" ? StaffRole::Admin : StaffRole::None;
}
std::string to_text(StaffRole role) {
    switch (role) {
        case StaffRole::Support: return "support";
        case StaffRole::Operator: return "operator";
        case StaffRole::Release: return "release";
        case StaffRole::Admin: return "admin";
        case StaffRole::None: return "";
    }
    return "";
}
RouterState to_state(const std::string& text) {
    if (text == "pending") return RouterState::Pending;
    return text == "revoked" ? RouterState::Revoked : RouterState::Accepted;
}

/// As db::Router has it: a router not heard for 60 s is offline, whatever its hub says.
constexpr std::string_view is_online =
    "(r.hub <> '' and r.last_seen_at > now() - interval '60 seconds' and r.state = 'accepted')";

std::string select_routers() {
    return "select r.id::text, r.name, r.fingerprint, r.state, coalesce(r.organisation_id::text, ''), coalesce(o.name, ''),"
           " r.software, coalesce(" +
           std::string{is_online} + ", false), r.desired_revision, r.applied_revision, r.apply_error, " +
           unix_ms("r.last_seen_at") + ", " + micros("r.created_at") +
           ", r.hub from routers r left join organisations o on o.id = r.organisation_id where r.state <> 'returned'";
}
StaffRouter to_router(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .name = row[1].as<std::string>(),
            .fingerprint = row[2].as<std::string>(),
            .state = to_state(row[3].as<std::string>()),
            .organisation = row[4].as<std::string>(),
            .organisation_name = row[5].as<std::string>(),
            .software = row[6].as<std::string>(),
            .is_online = row[7].as<bool>(),
            .hub = row[13].as<std::string>(),
            .desired_revision = row[8].as<std::int64_t>(),
            .applied_revision = row[9].as<std::int64_t>(),
            .apply_error = row[10].as<std::string>(),
            .last_seen_at = time_or_nothing(row[11]),
            .created_us = row[12].as<std::int64_t>()};
}

std::string select_users() {
    return "select u.id::text, u.email, u.name, coalesce(u.staff_role, ''),"
           " (select count(*) from memberships m where m.user_id = u.id), (select " +
           unix_ms("max(s.last_seen_at)") + " from sessions s where s.user_id = u.id), " + micros("u.created_at") +
           " from users u where true";
}
StaffUser to_user(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .email = row[1].as<std::string>(),
            .name = row[2].as<std::string>(),
            .role = to_staff_role(row[3].as<std::string>()),
            .memberships = row[4].as<std::int64_t>(),
            .last_seen_at = time_or_nothing(row[5]),
            .created_us = row[6].as<std::int64_t>()};
}

StaffOrganisation to_organisation(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .name = row[1].as<std::string>(),
            .members = row[2].as<std::int64_t>(),
            .routers = row[3].as<std::int64_t>(),
            .routers_online = row[4].as<std::int64_t>(),
            .created_us = row[5].as<std::int64_t>()};
}

/// What follows `where …` for every list: search in `columns` of the table `t`, the place, the order. $1 to $4.
std::string paged(const std::string& t, const std::string& columns) {
    return " and ($1 = '' or " + columns + " ilike $1) and ($2::bigint is null or (" + micros(t + ".created_at") + ", " + t +
           ".id) < ($2, nullif($3, '')::uuid)) order by " + micros(t + ".created_at") + " desc, " + t + ".id desc limit $4";
}

template <class Row, class ToRow>
Task<Result<StaffPage<Row>>> page_of(Pool& staff, std::string sql, StaffQuery query, ToRow to_row) {
    const std::function<Result<StaffPage<Row>>(Transaction&)> body = [=](Transaction& transaction) -> Result<StaffPage<Row>> {
        const auto pattern = query.search.empty() ? std::string{} : "%" + escape_like(query.search) + "%";
        const auto rows = transaction.run(sql, pattern, query.after_us, query.after_id, query.first + 1);
        StaffPage<Row> page{.has_next = static_cast<int>(rows.size()) > query.first};
        for (const auto& row : rows) {
            if (static_cast<int>(page.rows.size()) < query.first) page.rows.push_back(to_row(row));
        }
        return page;
    };
    auto page = co_await staff.transact<StaffPage<Row>>({}, body);
    co_return page;
}

}  // namespace

Task<Result<StaffPage<StaffRouter>>> staff_routers(Pool& staff, StaffQuery query) {
    auto sql = select_routers();
    if (query.state == "online") sql += " and " + std::string{is_online};
    if (query.state == "offline") sql += " and r.state = 'accepted' and not coalesce(" + std::string{is_online} + ", false)";
    if (query.state == "pending" || query.state == "accepted" || query.state == "revoked")
        sql += " and r.state = '" + query.state + "'";
    sql += paged("r", "(r.name || ' ' || r.fingerprint || ' ' || coalesce(o.name, ''))");
    auto page = co_await page_of<StaffRouter>(staff, std::move(sql), std::move(query), to_router);
    co_return page;
}

Task<Result<StaffPage<StaffUser>>> staff_users(Pool& staff, StaffQuery query) {
    auto page =
        co_await page_of<StaffUser>(staff, select_users() + paged("u", "(u.email || ' ' || u.name)"), std::move(query), to_user);
    co_return page;
}

Task<Result<StaffPage<StaffOrganisation>>> staff_organisations(Pool& staff, StaffQuery query) {
    auto sql =
        "select o.id::text, o.name, (select count(distinct m.user_id) from memberships m where m.organisation_id = o.id),"
        " (select count(*) from routers r where r.organisation_id = o.id and r.state = 'accepted'),"
        " (select count(*) from routers r where r.organisation_id = o.id and " +
        std::string{is_online} + "), " + micros("o.created_at") + " from organisations o where true" + paged("o", "o.name");
    auto page = co_await page_of<StaffOrganisation>(staff, std::move(sql), std::move(query), to_organisation);
    co_return page;
}

Task<Result<StaffUser>> set_staff_role(Pool& staff, std::string user, StaffRole role, Actor by) {
    const std::function<Result<StaffUser>(Transaction&)> body = [=](Transaction& transaction) -> Result<StaffUser> {
        transaction.run("select id from users where staff_role = 'admin' order by id for update");
        const auto rows =
            transaction.run("update users set staff_role = nullif($2, '') where id = $1 returning id::text", user, to_text(role));
        if (rows.empty()) return failed(Code::NotFound, "no such user");
        if (transaction.run("select 1 from users where staff_role = 'admin' limit 1").empty())
            return failed(Code::Conflict, "The last admin appoints another first.");
        audit_account(transaction, by.user, "staff.role_set", user, by.address);
        return to_user(transaction.run(select_users() + " and u.id = $1", user)[0]);
    };
    auto changed = co_await staff.transact<StaffUser>({}, body);
    co_return changed;
}

Task<Result<StaffRouter>> revoke_router_key(Pool& staff, std::string router, Actor by) {
    const std::function<Result<StaffRouter>(Transaction&)> body = [=](Transaction& transaction) -> Result<StaffRouter> {
        const auto rows = transaction.run("update routers set state = 'revoked' where id = $1 returning id::text", router);
        if (rows.empty()) return failed(Code::NotFound, "no such router");
        audit_account(transaction, by.user, "router.key_revoked", router, by.address);
        return to_router(transaction.run(select_routers() + " and r.id = $1", router)[0]);
    };
    auto revoked = co_await staff.transact<StaffRouter>({}, body);
    co_return revoked;
}

}  // namespace vivi::db
