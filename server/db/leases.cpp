// SQL of the leases table, as viewers read it.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/leases.hpp"

#include <algorithm>

#include "server/db/sql.hpp"

namespace vivi::db {
namespace {

LeaseState state_of(const std::string& text) {
    if (text == "released") return LeaseState::Released;
    if (text == "expired") return LeaseState::Expired;
    return text == "declined" ? LeaseState::Declined : LeaseState::Granted;
}

LeaseRow to_lease(const pqxx::row& row) {
    LeaseRow lease{.id = row[0].as<std::int64_t>(),
                   .mac = row[1].as<std::string>(),
                   .address = row[2].as<std::string>(),
                   .network = row[3].as<std::string>(),
                   .hostname = row[4].as<std::string>(),
                   .state = state_of(row[5].as<std::string>()),
                   .granted_at = from_unix_ms(row[6].as<std::int64_t>()),
                   .expires_at = from_unix_ms(row[7].as<std::int64_t>())};
    if (!row[8].is_null()) lease.ended_at = from_unix_ms(row[8].as<std::int64_t>());
    return lease;
}

void add_conditions(Sql& sql, const LeaseQuery& query) {
    sql += " where router_id = " + sql.value(query.router) + "::uuid and organisation_id = current_organisation()";
    if (query.mac) sql += " and mac = " + sql.value(*query.mac) + "::macaddr";
    if (query.is_active)
        sql += *query.is_active ? " and state = 'granted' and expires_at > now()"
                                : " and (state <> 'granted' or expires_at <= now())";
    if (!query.search) return;
    const std::string_view type = query.search->is_address ? "::inet" : "::macaddr",
                           column = query.search->is_address ? "address" : "mac";
    (((((sql += " and ") += column) += " between ") += sql.value(query.search->from)) += type) += " and ";
    (sql += sql.value(query.search->to)) += type;
}

void add_place(Sql& sql, const LeasePlace& place, std::string_view sign) {
    const auto at = sql.value(std::to_string(to_unix_ms(place.granted_at))), id = sql.value(std::to_string(place.id));
    sql += " and (granted_at, id) " + std::string{sign} + " (" + instant_of(at) + ", " + id + "::bigint)";
}

LeasePage read_page(Transaction& transaction, const LeaseQuery& query) {
    Sql sql;
    sql +=
        "select id, mac::text, host(address), network, hostname,"
        " case when state = 'granted' and expires_at <= now() then 'expired' else state end, ";
    sql += unix_ms("granted_at") + ", " + unix_ms("expires_at") + ", " + unix_ms("ended_at") + " from leases";
    add_conditions(sql, query);
    if (query.after) add_place(sql, *query.after, "<");
    if (query.before) add_place(sql, *query.before, ">");
    sql += query.is_backward ? " order by granted_at, id" : " order by granted_at desc, id desc";
    sql += " limit " + sql.value(std::to_string(query.first + 1)) + "::int";
    LeasePage page;
    for (const auto& row : sql.run(transaction)) page.rows.push_back(to_lease(row));
    const bool has_more = page.rows.size() > static_cast<std::size_t>(query.first);
    if (has_more) page.rows.pop_back();
    if (query.is_backward) std::ranges::reverse(page.rows);
    page.has_next = query.is_backward ? query.before.has_value() : has_more;
    page.has_previous = query.is_backward ? has_more : query.after.has_value();
    return page;
}

}  // namespace

Task<Result<LeasePage>> leases(Pool& pool, Tenant tenant, LeaseQuery query) {
    const std::function<Result<LeasePage>(Transaction&)> body = [query](Transaction& transaction) -> Result<LeasePage> {
        return read_page(transaction, query);
    };
    auto page = co_await pool.transact<LeasePage>(std::move(tenant), body);
    co_return page;
}

Task<Result<std::int64_t>> count_leases(Pool& pool, Tenant tenant, LeaseQuery query) {
    const std::function<Result<std::int64_t>(Transaction&)> body = [query](Transaction& transaction) -> Result<std::int64_t> {
        Sql sql;
        sql += "select count(*) from leases";
        add_conditions(sql, query);
        return sql.run(transaction)[0][0].as<std::int64_t>();
    };
    auto count = co_await pool.transact<std::int64_t>(std::move(tenant), body);
    co_return count;
}

}  // namespace vivi::db
