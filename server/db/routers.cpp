// SQL of the routers table.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/routers.hpp"

#include "server/db/applied.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::string_view enrolment_columns =
    "id::text, coalesce(organisation_id::text, ''), coalesce(custody_id::text, ''), state";

Enrolment to_enrolment(const pqxx::row& row) {
    const auto state = row[3].as<std::string>();
    return {.router = row[0].as<std::string>(),
            .organisation = row[1].as<std::string>(),
            .custody = row[2].as<std::string>(),
            .state = state == "accepted"  ? RouterState::Accepted
                     : state == "revoked" ? RouterState::Revoked
                                          : RouterState::Pending};
}

std::string router_query(std::string_view condition) {
    // Online: a hub says so and has heard it within a minute; a hub that died cannot say otherwise.
    return "select id::text, organisation_id::text, name, connected_at is not null,"
           " hub <> '' and last_seen_at > now() - interval '60 seconds', " +
           unix_ms("last_seen_at") +
           ", desired_revision, applied_revision, apply_error, revision, software, coalesce(event_id::text, '')"
           " from routers where state = 'accepted'" +
           std::string{condition};
}

Router to_router(const pqxx::row& row) {
    Router router{.id = row[0].as<std::string>(),
                  .organisation = row[1].as<std::string>(),
                  .event = row[11].as<std::string>(),
                  .name = row[2].as<std::string>(),
                  .has_been_seen = row[3].as<bool>(),
                  .is_online = row[4].as<bool>(false),
                  .desired_revision = row[6].as<std::int64_t>(),
                  .applied_revision = row[7].as<std::int64_t>(),
                  .apply_error = row[8].as<std::string>(),
                  .revision = row[9].as<std::int64_t>(),
                  .software = row[10].as<std::string>()};
    if (!row[5].is_null()) router.last_seen_at = from_unix_ms(row[5].as<std::int64_t>());
    return router;
}

/// The row of a link whose session still holds, locked; Conflict or Denied when it does not.
Result<LockedRouter> lock_for(Transaction& transaction, const Link& link) {
    return lock_router(transaction, link.router, link.session);
}

}  // namespace

Result<LockedRouter> lock_router(Transaction& transaction, const std::string& router, std::int64_t session) {
    const auto rows = transaction.run(
        "select session, state, revision, desired_revision, applied_revision from routers where id = $1"
        " and organisation_id = current_organisation() for no key update",
        router);
    if (rows.empty()) return failed(Code::Denied, "router " + router + " does not belong to this organisation");
    if (rows[0][1].as<std::string>() != "accepted") return failed(Code::Denied, "router " + router + " is not accepted");
    if (rows[0][0].as<std::int64_t>() != session)
        return failed(Code::Conflict, "router " + router + ": a newer session replaced this one");
    return LockedRouter{.id = router,
                        .revision = rows[0][2].as<std::int64_t>(),
                        .desired_revision = rows[0][3].as<std::int64_t>(),
                        .applied_revision = rows[0][4].as<std::int64_t>()};
}

bool apply_revision(Transaction& transaction, LockedRouter& router, std::int64_t reported, std::int64_t visible) {
    const auto applied = std::min(reported, router.desired_revision);  // A router cannot enforce what nobody decided.
    if (applied <= router.applied_revision) return false;
    transaction.run("update routers set applied_revision = $2, apply_error = '' where id = $1", router.id, applied);
    transaction.run("update devices set revision = $4 where router_id = $1 and ban_revision > $2 and ban_revision <= $3",
                    router.id, router.applied_revision, applied, visible);
    router.applied_revision = applied;
    return true;
}

Task<Result<Enrolment>> find_enrolment(Pool& pool, std::string fingerprint) {
    const std::function<Result<Enrolment>(Transaction&)> body = [fingerprint](Transaction& transaction) -> Result<Enrolment> {
        const auto rows = transaction.run(
            "select " + std::string{enrolment_columns} + " from routers where fingerprint = $1 and state <> 'returned'",
            fingerprint);
        if (rows.empty()) return failed(Code::NotFound, "no router has the key " + fingerprint);
        return to_enrolment(rows[0]);
    };
    auto found = co_await pool.transact<Enrolment>({}, body);
    co_return found;
}

Task<Result<Enrolment>> note_pending(Pool& pool, std::string fingerprint) {
    const std::function<Result<Enrolment>(Transaction&)> body = [fingerprint](Transaction& transaction) -> Result<Enrolment> {
        transaction.run(
            "insert into routers (fingerprint) select $1 where (select count(*) from routers where state = 'pending'"
            " and organisation_id is null and registered_at is null) < 10000"
            " on conflict (fingerprint) where state <> 'returned' do nothing",
            fingerprint);
        transaction.run("update routers set last_seen_at = now() where fingerprint = $1 and organisation_id is null",
                        fingerprint);
        const auto rows = transaction.run(
            "select " + std::string{enrolment_columns} + " from routers where fingerprint = $1 and state <> 'returned'",
            fingerprint);
        if (rows.empty()) return failed(Code::Overflow, "too many keys are pending; " + fingerprint + " is not kept");
        return to_enrolment(rows[0]);
    };
    auto noted = co_await pool.transact<Enrolment>({}, body);
    co_return noted;
}

Task<Result<std::int64_t>> forget_pending_routers(Pool& pool) {
    const std::function<Result<std::int64_t>(Transaction&)> body = [](Transaction& transaction) -> Result<std::int64_t> {
        return transaction.run("select forget_pending_routers()")[0][0].as<std::int64_t>();
    };
    auto gone = co_await pool.transact<std::int64_t>({}, body);
    co_return gone;
}

Task<Result<Link>> start_session(Pool& pool, Enrolment enrolment, std::string hub) {
    const Tenant tenant{enrolment.organisation};
    const std::function<Result<Link>(Transaction&)> body = [enrolment, hub](Transaction& transaction) -> Result<Link> {
        const auto rows = transaction.run(
            "update routers set session = session + 1, revision = revision + 1, hub = $2, connected_at = now(),"
            " disconnected_at = null, last_seen_at = now()"
            " where id = $1 and organisation_id = current_organisation() and state = 'accepted' returning session",
            enrolment.router, hub);
        if (rows.empty()) return failed(Code::Denied, "router " + enrolment.router + " is not accepted");
        return Link{.organisation = enrolment.organisation,
                    .router = enrolment.router,
                    .session = rows[0][0].as<std::int64_t>(),
                    .custody = enrolment.custody};
    };
    auto started = co_await pool.transact<Link>(tenant, body);
    co_return started;
}

Task<Result<std::int64_t>> note_hello(Pool& pool, Link link, std::string software, std::string boot_id,
                                      std::int64_t applied_revision) {
    const Tenant tenant{link.organisation};
    const std::function<Result<std::int64_t>(Transaction&)> body = [=](Transaction& transaction) -> Result<std::int64_t> {
        auto router = lock_for(transaction, link);
        if (!router) return std::unexpected{std::move(router).error()};
        const auto visible = router->revision + 1;
        transaction.run(
            "update routers set software = left($2, 200), boot_id = left($3, 100), last_seen_at = now(), revision = $4"
            " where id = $1",
            link.router, software, boot_id, visible);
        apply_revision(transaction, *router, applied_revision, visible);
        return visible;
    };
    auto noted = co_await pool.transact<std::int64_t>(tenant, body);
    co_return noted;
}

Task<Status> note_heard(Pool& pool, Link link) {
    const Tenant tenant{link.organisation};
    const std::function<Result<bool>(Transaction&)> body = [link](Transaction& transaction) -> Result<bool> {
        const auto rows =
            transaction.run("update routers set last_seen_at = now() where id = $1 and session = $2 and state = 'accepted'",
                            link.router, link.session);
        if (rows.affected_rows() == 0)
            return failed(Code::Conflict, "router " + link.router + ": a newer session replaced this one");
        return true;
    };
    auto noted = co_await pool.transact<bool>(tenant, body);
    if (!noted) co_return std::unexpected{std::move(noted).error()};
    co_return Status{};
}

Task<Result<std::int64_t>> end_session(Pool& pool, Link link) {
    const Tenant tenant{link.organisation};
    const std::function<Result<std::int64_t>(Transaction&)> body = [link](Transaction& transaction) -> Result<std::int64_t> {
        transaction.run(
            "update routers set hub = '', disconnected_at = now(), revision = revision + 1 where id = $1 and session = $2",
            link.router, link.session);
        const auto rows = transaction.run("select revision from routers where id = $1", link.router);
        if (rows.empty()) return failed(Code::NotFound, "router " + link.router + " is gone");
        return rows[0][0].as<std::int64_t>();
    };
    auto ended = co_await pool.transact<std::int64_t>(tenant, body);
    co_return ended;
}

Task<Result<std::optional<Desired>>> desired_configuration(Pool& pool, Link link, std::int64_t above) {
    using Found = std::optional<Desired>;
    const Tenant tenant{link.organisation};
    const std::function<Result<Found>(Transaction&)> body = [link, above](Transaction& transaction) -> Result<Found> {
        const auto rows = transaction.run(
            "select routers.state, routers.session, configurations.revision, (configurations.document || coalesce((select "
            "jsonb_build_object("
            "'carried_leases', c.sha256) from carried_leases c where c.router_id = routers.id), '{}'))::text from routers"
            " left join configurations on configurations.router_id = routers.id and configurations.revision = "
            "routers.desired_revision"
            " and configurations.revision > $2"
            " where routers.id = $1 and routers.organisation_id = current_organisation()",
            link.router, above);
        if (rows.empty() || rows[0][0].as<std::string>() != "accepted")
            return failed(Code::Denied, "router " + link.router + " is not accepted");
        if (rows[0][1].as<std::int64_t>() != link.session)
            return failed(Code::Conflict, "router " + link.router + ": a newer session replaced this one");
        if (rows[0][2].is_null()) return Found{};
        return Found{Desired{.revision = rows[0][2].as<std::int64_t>(), .document = rows[0][3].as<std::string>()}};
    };
    auto found = co_await pool.transact<Found>(tenant, body);
    co_return found;
}

Task<Result<std::vector<Router>>> routers(Pool& pool, Tenant tenant) {
    using Found = std::vector<Router>;
    const std::function<Result<Found>(Transaction&)> body = [](Transaction& transaction) -> Result<Found> {
        Found found;
        const auto sql = router_query(" and organisation_id = current_organisation() order by name, id");
        for (const auto& row : transaction.run(sql)) found.push_back(to_router(row));
        return found;
    };
    auto found = co_await pool.transact<Found>(tenant, body);
    co_return found;
}

Task<Result<Router>> router(Pool& pool, Tenant tenant, std::string id) {
    const std::function<Result<Router>(Transaction&)> body = [id](Transaction& transaction) -> Result<Router> {
        const auto rows = transaction.run(router_query(" and organisation_id = current_organisation() and id = $1"), id);
        if (rows.empty()) return failed(Code::NotFound, "no such router");
        return to_router(rows[0]);
    };
    auto found = co_await pool.transact<Router>(tenant, body);
    co_return found;
}

}  // namespace vivi::db
