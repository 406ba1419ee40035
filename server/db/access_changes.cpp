// SQL of access_changes, and of access that ends by time.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/access_changes.hpp"

#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

/// Where the last look stood: "<transaction>@<microseconds>", by the clock of the database.
struct Stand {
    std::string transaction{};
    std::int64_t at_us = 0;
};
Stand parse(const std::string& position) {
    const auto at = position.find('@');
    return {.transaction = position.substr(0, at), .at_us = std::stoll(position.substr(at + 1))};
}

// What ran out since then. Each instant is in one look only, so that what it was can be its id: below all ids of rows.
constexpr std::string_view ended_sql =
    "with since as (select 'epoch'::timestamptz + $1::bigint * interval '1 microsecond' as at), ended as ("
    "select expires_at as at, user_id as subject from memberships, since where expires_at > since.at and expires_at <= now()"
    " union all select expires_at, user_id from sessions, since where expires_at > since.at and expires_at <= now()"
    " union all select expires_at, user_id from api_tokens, since where revoked_at is null and expires_at > since.at"
    " and expires_at <= now()"
    " union all select e.ends_at, l.id from events e join show_links l on l.event_id = e.id, since"
    " where l.revoked_at is null and e.ends_at > since.at and e.ends_at <= now()"
    " union all select expires_at, link_id from show_sessions, since where expires_at > since.at and expires_at <= now())"
    " select -(extract(epoch from at) * 1000000)::bigint, subject::text from ended";

void add(AccessChanges& found, const pqxx::result& rows) {
    for (const auto& row : rows) found.changes.push_back({.id = row[0].as<std::int64_t>(), .subject = row[1].as<std::string>()});
}

}  // namespace

Task<Result<AccessChanges>> access_changes(Pool& pool, std::string position) {
    const std::function<Result<AccessChanges>(Transaction&)> body =
        [position](Transaction& transaction) -> Result<AccessChanges> {
        // The position first: what commits between the statements is seen now and again the next time, not never.
        const auto here = transaction.run(
            "select pg_snapshot_xmin(pg_current_snapshot())::text, (extract(epoch from now()) * 1000000)::bigint");
        AccessChanges found{.position = here[0][0].as<std::string>() + '@' + here[0][1].as<std::string>()};
        if (position.empty()) {
            add(found, transaction.run("select id, subject::text from access_changes where at > now() - interval '10 seconds'"));
            return found;
        }
        const auto since = parse(position);
        add(found, transaction.run("select id, subject::text from access_changes where transaction >= $1::text::xid8",
                                   since.transaction));
        add(found, transaction.run(ended_sql, since.at_us));
        return found;
    };
    auto found = co_await pool.transact<AccessChanges>({}, body);
    co_return found;
}

}  // namespace vivi::db
