// SQL of spares: the rows change hands in a function of the schema's owner (migration 0015).
// SPDX-License-Identifier: Apache-2.0
#include "server/db/spares.hpp"

#include "server/db/revisions.hpp"

namespace vivi::db {
namespace {

/// The newest document under another revision and custody.
Status write_configuration(Transaction& transaction, const std::string& router, std::int64_t revision, const std::string& custody,
                           const std::string& user) {
    const auto rows = transaction.run(
        "insert into configurations (organisation_id, router_id, revision, document, created_by, action)"
        " select organisation_id, router_id, $2::bigint, document || jsonb_build_object('revision', $2::bigint, 'custody', "
        "$3::text),"
        " nullif($4, '')::uuid, 'router.replaced' from configurations where router_id = $1"
        " and organisation_id = current_organisation() order by revision desc limit 1",
        router, revision, custody, user);
    if (rows.affected_rows() != 1) return failed(Code::Conflict, "the router has no configuration yet");
    return {};
}

Result<Replaced> replace(Transaction& transaction, const std::string& broken, const std::string& spare, const Actor& actor) {
    const auto rows = transaction.run(
        "select outcome, coalesce(revision, 0), coalesce(custody::text, ''), coalesce(leases, 0)"
        " from replace_router($1::uuid, $2::uuid)",
        broken, spare);
    const auto outcome = rows[0][0].as<std::string>();
    if (outcome == "unknown") return Replaced{.outcome = Replaced::Outcome::Unknown};
    if (outcome == "busy") return Replaced{.outcome = Replaced::Outcome::Busy};
    Replaced replaced{.outcome = Replaced::Outcome::Replaced,
                      .desired_revision = rows[0][1].as<std::int64_t>(),
                      .leases = rows[0][3].as<std::int64_t>()};
    const auto written =
        write_configuration(transaction, broken, replaced.desired_revision, rows[0][2].as<std::string>(), actor.user);
    if (!written) return std::unexpected{written.error()};
    replaced.revision = transaction.run("select revision from routers where id = $1", broken)[0][0].as<std::int64_t>();
    write_audit(transaction, {.user = actor.user,
                              .address = actor.address,
                              .action = "router.replaced",
                              .target = broken,
                              .detail = model::Json{{"spare", spare}, {"leases", replaced.leases}}.dump()});
    return replaced;
}

}  // namespace

Task<Result<Replaced>> replace_router(Pool& pool, Tenant tenant, std::string broken, std::string spare, Actor actor) {
    const std::function<Result<Replaced>(Transaction&)> body = [=](Transaction& transaction) {
        return replace(transaction, broken, spare, actor);
    };
    auto replaced = co_await pool.transact<Replaced>(std::move(tenant), body);
    co_return replaced;
}

}  // namespace vivi::db
