// SQL of links to big screens, their cookies, and what they show.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/event.hpp"
#include "server/db/revisions.hpp"
#include "server/db/tokens.hpp"
#include "server/db/event_rates.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr int most_listed = 200;

std::string columns() {
    return "l.id::text, l.organisation_id::text, l.event_id::text, l.name, " + unix_ms("l.created_at") + ", " +
           unix_ms("l.revoked_at");
}
ShowLink to_link(const pqxx::row& row) {
    ShowLink link{.id = row[0].as<std::string>(),
                  .organisation = row[1].as<std::string>(),
                  .event = row[2].as<std::string>(),
                  .name = row[3].as<std::string>(),
                  .created_at = from_unix_ms(row[4].as<std::int64_t>())};
    if (!row[5].is_null()) link.revoked_at = from_unix_ms(row[5].as<std::int64_t>());
    return link;
}

/// Of `show_links l join events e`.
constexpr std::string_view is_live = "l.revoked_at is null and e.closed_at is null and (e.ends_at is null or e.ends_at > now())";

}  // namespace

Task<Result<ShowLink>> create_show_link(Pool& api, Tenant tenant, NewShowLink link) {
    const std::function<Result<ShowLink>(Transaction&)> body = [link](Transaction& transaction) -> Result<ShowLink> {
        const auto rows = transaction.run(
            "insert into show_links as l (organisation_id, event_id, name, token_hash, created_by)"
            " select organisation_id, id, $2, decode($3, 'hex'), nullif($4, '')::uuid from events"
            " where id = $1 and organisation_id = current_organisation() and closed_at is null"
            " and (ends_at is null or ends_at > now()) returning " +
                columns(),
            link.event, link.name, link.token_hash, link.by.user);
        if (rows.empty()) return failed(Code::NotFound, "no such event that goes on");
        auto made = to_link(rows[0]);
        write_audit(transaction, {.user = link.by.user,
                                  .address = link.by.address,
                                  .action = "show_link.created",
                                  .target = made.id,
                                  .detail = model::Json{{"name", made.name}, {"event", made.event}}.dump()});
        return made;
    };
    auto made = co_await api.transact<ShowLink>(std::move(tenant), body);
    co_return made;
}

Task<Result<std::vector<ShowLink>>> show_links(Pool& api, Tenant tenant, std::string event) {
    using Links = std::vector<ShowLink>;
    const std::function<Result<Links>(Transaction&)> body = [event](Transaction& transaction) -> Result<Links> {
        Links found;
        const auto rows =
            transaction.run("select " + columns() +
                                " from show_links l where l.organisation_id = current_organisation() and l.event_id = $1"
                                " order by l.created_at desc, l.id limit $2",
                            event, most_listed);
        for (const auto& row : rows) found.push_back(to_link(row));
        return found;
    };
    auto found = co_await api.transact<Links>(std::move(tenant), body);
    co_return found;
}

Task<Result<ShowLink>> revoke_show_link(Pool& api, Tenant tenant, std::string link, std::string event, Actor by) {
    const std::function<Result<ShowLink>(Transaction&)> body = [=](Transaction& transaction) -> Result<ShowLink> {
        const auto rows = transaction.run(
            "update show_links l set revoked_at = coalesce(revoked_at, now()) where id = $1 and organisation_id = "
            "current_organisation() and ($2 = '' or event_id = nullif($2, '')::uuid) returning " +
                columns(),
            link, event);
        if (rows.empty()) return failed(Code::NotFound, "no such link");
        write_audit(transaction,
                    {.user = by.user, .address = by.address, .action = "show_link.revoked", .target = link, .detail = "{}"});
        return to_link(rows[0]);
    };
    auto revoked = co_await api.transact<ShowLink>(std::move(tenant), body);
    co_return revoked;
}

Task<Result<ShowPass>> exchange_show_link(Pool& auth, std::string link_hash, std::string cookie_hash, Seconds longest) {
    const std::function<Result<ShowPass>(Transaction&)> body = [=](Transaction& transaction) -> Result<ShowPass> {
        transaction.run("delete from show_sessions where expires_at < now()");
        const auto rows = transaction.run(
            "insert into show_sessions (organisation_id, link_id, token_hash, expires_at)"
            " select l.organisation_id, l.id, decode($2, 'hex'), least(e.ends_at, now() + $3 * interval '1 second')"
            " from show_links l join events e on e.id = l.event_id where l.token_hash = decode($1, 'hex') and " +
                std::string{is_live} +
                " returning link_id::text, organisation_id::text, (select event_id::text from show_links where id = link_id),"
                " ceil(extract(epoch from expires_at - now()))::bigint",
            link_hash, cookie_hash, longest.count());
        if (rows.empty()) return failed(Code::NotFound, "no such link");
        return ShowPass{.link = rows[0][0].as<std::string>(),
                        .organisation = rows[0][1].as<std::string>(),
                        .event = rows[0][2].as<std::string>(),
                        .lifetime = Seconds{rows[0][3].as<std::int64_t>()}};
    };
    auto pass = co_await auth.transact<ShowPass>({}, body);
    co_return pass;
}

Task<Result<ShowPass>> find_show_session(Pool& auth, std::string cookie_hash) {
    const std::function<Result<ShowPass>(Transaction&)> body = [cookie_hash](Transaction& transaction) -> Result<ShowPass> {
        const auto rows = transaction.run(
            "select l.id::text, l.organisation_id::text, l.event_id::text, ceil(extract(epoch from s.expires_at - now()))::bigint"
            " from show_sessions s join show_links l on l.id = s.link_id join events e on e.id = l.event_id"
            " where s.token_hash = decode($1, 'hex') and s.expires_at > now() and " +
                std::string{is_live},
            cookie_hash);
        if (rows.empty()) return failed(Code::NotFound, "no such screen");
        return ShowPass{.link = rows[0][0].as<std::string>(),
                        .organisation = rows[0][1].as<std::string>(),
                        .event = rows[0][2].as<std::string>(),
                        .lifetime = Seconds{rows[0][3].as<std::int64_t>()}};
    };
    auto pass = co_await auth.transact<ShowPass>({}, body);
    co_return pass;
}

Task<Result<ShowBoard>> show_board(Pool& api, Tenant tenant, std::string event) {
    const std::function<Result<ShowBoard>(Transaction&)> body = [event](Transaction& transaction) -> Result<ShowBoard> {
        const auto names =
            transaction.run("select name from events where id = $1 and organisation_id = current_organisation()", event);
        if (names.empty()) return failed(Code::NotFound, "no such event");
        const auto routers = transaction.run(
            "select count(*), count(*) filter (where hub <> '' and last_seen_at > now() - interval '60 seconds') from routers"
            " where organisation_id = current_organisation() and event_id = $1 and state = 'accepted'",
            event);
        const auto devices = transaction.run(
            "select count(*), count(*) filter (where d.last_seen_at > now() - interval '5 minutes'),"
            " coalesce(sum(bytes_up), 0)::bigint, coalesce(sum(bytes_down), 0)::bigint from devices d join routers r on r.id = d.router_id"
            " where d.organisation_id = current_organisation() and r.event_id = $1 and r.state = 'accepted'",
            event);
        const auto rates = event_rates(transaction, event);
        const auto number = [](const pqxx::result& rows, int column) { return rows[0][column].as<std::int64_t>(); };
        return ShowBoard{.event_name = names[0][0].as<std::string>(),
                         .routers = number(routers, 0),
                         .routers_online = number(routers, 1),
                         .devices = number(devices, 0),
                         .devices_online = number(devices, 1),
                         .bytes_up = number(devices, 2),
                         .bytes_down = number(devices, 3),
                         .rate_up = rates.up,
                         .rate_down = rates.down};
    };
    auto board = co_await api.transact<ShowBoard>(std::move(tenant), body);
    co_return board;
}

}  // namespace vivi::db
