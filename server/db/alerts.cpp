// SQL of alarms over all routers.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/alerts.hpp"

#include "server/db/revisions.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

std::string alarm_query(std::string_view condition) {
    return "select a.id, a.kind, a.subject, a.detail::text, a.count, " + unix_ms("a.at") + ", " + unix_ms("a.last_at") + ", " +
           unix_ms("a.cleared_at") + ", a.router_id::text, coalesce(r.event_id::text, ''), " + unix_ms("a.acknowledged_at") +
           ", coalesce(u.name, ''), a.organisation_id::text from alarms a join routers r on r.id = a.router_id"
           " left join users u on u.id = a.acknowledged_by"
           " where a.organisation_id = current_organisation() and r.state = 'accepted'" +
           std::string{condition};
}

std::optional<WallTime> moment(const pqxx::field& field) {
    if (field.is_null()) return std::nullopt;
    return from_unix_ms(field.as<std::int64_t>());
}

Alarm to_alarm(const pqxx::row& row) {
    return {.id = row[0].as<std::int64_t>(),
            .kind = row[1].as<std::string>(),
            .subject = row[2].as<std::string>(),
            .detail = row[3].as<std::string>(),
            .count = row[4].as<std::int64_t>(),
            .at = from_unix_ms(row[5].as<std::int64_t>()),
            .last_at = from_unix_ms(row[6].as<std::int64_t>()),
            .cleared_at = moment(row[7]),
            .organisation = row[12].as<std::string>(),
            .router = row[8].as<std::string>(),
            .event = row[9].as<std::string>(),
            .acknowledged_at = moment(row[10]),
            .acknowledged_by = row[11].as<std::string>()};
}

Result<Alarm> find(Transaction& transaction, std::int64_t id) {
    const auto rows = transaction.run(alarm_query(" and a.id = $1"), id);
    if (rows.empty()) return failed(Code::NotFound, "no such alarm");
    return to_alarm(rows[0]);
}

}  // namespace

Task<Result<AlarmPage>> alerts(Pool& pool, Tenant tenant, AlertQuery query) {
    const std::function<Result<AlarmPage>(Transaction&)> body = [query](Transaction& transaction) -> Result<AlarmPage> {
        const auto& filter = query.filter;
        const auto sql = alarm_query(
            " and ($1::bigint < 0 or a.id < $1::bigint) and (not $2 or r.event_id = any(string_to_array($3, ',')::uuid[]))"
            " and ($4 = '' or a.router_id = nullif($4, '')::uuid) and ($5 = '' or a.kind = $5)"
            " and (not $6 or a.cleared_at is null) and (not $7 or a.acknowledged_at is null) order by a.id desc limit $8::int");
        AlarmPage page;
        for (const auto& row :
             transaction.run(sql, query.after.value_or(-1), filter.only.has_value(), filter.only.value_or(""), filter.router,
                             filter.kind, filter.is_open, filter.is_unacknowledged, query.first + 1))
            page.rows.push_back(to_alarm(row));
        page.has_next = page.rows.size() > static_cast<std::size_t>(query.first);
        if (page.has_next) page.rows.pop_back();
        return page;
    };
    auto page = co_await pool.transact<AlarmPage>(std::move(tenant), body);
    co_return page;
}

Task<Result<Alarm>> alarm(Pool& pool, Tenant tenant, std::int64_t id) {
    const std::function<Result<Alarm>(Transaction&)> body = [id](Transaction& transaction) { return find(transaction, id); };
    auto found = co_await pool.transact<Alarm>(std::move(tenant), body);
    co_return found;
}

Task<Result<std::vector<AlertCount>>> count_alerts(Pool& pool, Tenant tenant, std::optional<std::string> only) {
    using Found = std::vector<AlertCount>;
    const std::function<Result<Found>(Transaction&)> body = [only](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(
                 "select a.kind, count(*), count(*) filter (where a.acknowledged_at is null) from alarms a"
                 " join routers r on r.id = a.router_id where a.organisation_id = current_organisation() and r.state = 'accepted'"
                 " and a.cleared_at is null and (not $1 or r.event_id = any(string_to_array($2, ',')::uuid[]))"
                 " group by a.kind order by a.kind",
                 only.has_value(), only.value_or("")))
            found.push_back({.kind = row[0].as<std::string>(),
                             .open = row[1].as<std::int64_t>(),
                             .unacknowledged = row[2].as<std::int64_t>()});
        return found;
    };
    auto found = co_await pool.transact<Found>(std::move(tenant), body);
    co_return found;
}

Task<Result<Alarm>> acknowledge_alarm(Pool& pool, Tenant tenant, std::int64_t id, Actor actor) {
    const std::function<Result<Alarm>(Transaction&)> body = [id, actor](Transaction& transaction) -> Result<Alarm> {
        const auto rows = transaction.run(
            "update alarms set acknowledged_at = now(), acknowledged_by = $2::uuid where id = $1"
            " and organisation_id = current_organisation() and acknowledged_at is null returning router_id::text, kind",
            id, actor.user);
        if (!rows.empty()) {
            const model::Json detail{{"alarm", id}, {"kind", rows[0][1].as<std::string>()}};
            write_audit(transaction, {.user = actor.user,
                                      .address = actor.address,
                                      .action = "alarm.acknowledged",
                                      .target = rows[0][0].as<std::string>(),
                                      .detail = detail.dump()});
        }
        return find(transaction, id);
    };
    auto acknowledged = co_await pool.transact<Alarm>(std::move(tenant), body);
    co_return acknowledged;
}

Task<Result<int>> watch_routers(Pool& pool) {
    const std::function<Result<int>(Transaction&)> body = [](Transaction& transaction) -> Result<int> {
        return transaction.run("select watch_routers()")[0][0].as<int>();
    };
    auto raised = co_await pool.transact<int>({}, body);
    co_return raised;
}

}  // namespace vivi::db
