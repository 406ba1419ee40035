// SQL of claims and returns; what no process may do by itself is done by functions of the schema's owner.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/custody.hpp"

#include "common/core/crypto.hpp"
#include "server/db/revisions.hpp"

namespace vivi::db {
namespace {

Result<Claimed> claim(Transaction& transaction, const Claim& request) {
    const auto custody = transaction.run("select gen_random_uuid()::text")[0][0].as<std::string>();
    const auto document = first_document(request.configuration, custody);
    if (!document) return std::unexpected{document.error()};
    const auto rows = transaction.run(
        "select outcome, coalesce(router::text, '') from claim_router(decode($1, 'hex'), $2::uuid, $3, $4, $5::uuid)",
        request.code_hash, request.actor.user, request.actor.address, request.name, custody);
    const auto outcome = rows[0][0].as<std::string>();
    if (outcome == "throttled") return Claimed{.outcome = Claimed::Outcome::Throttled};
    if (outcome != "claimed") {
        write_audit(transaction, {.user = request.actor.user,
                                  .address = request.actor.address,
                                  .action = "router.claim_refused",
                                  .target = "",
                                  .detail = "{}"});
        return Claimed{.outcome = Claimed::Outcome::Unknown};
    }
    Claimed claimed{.outcome = Claimed::Outcome::Claimed, .router = rows[0][1].as<std::string>()};
    transaction.run(
        "insert into configurations (organisation_id, router_id, revision, document, created_by, action)"
        " values (current_organisation(), $1, 1, $2::jsonb, $3::uuid, 'router.claimed')",
        claimed.router, *document, request.actor.user);
    claimed.revision =
        transaction
            .run("update routers set desired_revision = 1, revision = revision + 1 where id = $1 returning revision",
                 claimed.router)[0][0]
            .as<std::int64_t>();
    write_audit(transaction, {.user = request.actor.user,
                              .address = request.actor.address,
                              .action = "router.claimed",
                              .target = claimed.router,
                              .detail = model::Json{{"custody", custody}}.dump()});
    return claimed;
}

}  // namespace

std::string claim_code_hash(std::string_view characters) { return crypto::to_hex(crypto::sha256(as_bytes(characters))); }

Task<Result<WallTime>> offer_claim_code(Pool& pool, std::string fingerprint, std::string code_hash) {
    const std::function<Result<WallTime>(Transaction&)> body = [=](Transaction& transaction) -> Result<WallTime> {
        const auto rows = transaction.run("select " + unix_ms("ends") + " from offer_claim_code($1, decode($2, 'hex')) as ends",
                                          fingerprint, code_hash);
        if (rows[0][0].is_null()) return failed(Code::NotFound, "no pending router has the key " + fingerprint);
        return from_unix_ms(rows[0][0].as<std::int64_t>());
    };
    auto ends = co_await pool.transact<WallTime>({}, body);
    co_return ends;
}

Task<Result<Claimed>> claim_router(Pool& pool, Tenant tenant, Claim request) {
    const std::function<Result<Claimed>(Transaction&)> body = [request](Transaction& transaction) {
        return claim(transaction, request);
    };
    auto claimed = co_await pool.transact<Claimed>(std::move(tenant), body);
    co_return claimed;
}

Task<Result<std::int64_t>> rename_router(Pool& pool, Tenant tenant, std::string router, std::string name, Actor actor) {
    const std::function<Result<std::int64_t>(Transaction&)> body = [=](Transaction& transaction) -> Result<std::int64_t> {
        const auto before = transaction.run(
            "select name, revision from routers where id = $1 and organisation_id = current_organisation() and state = 'accepted'"
            " for no key update",
            router);
        if (before.empty()) return failed(Code::NotFound, "no such router");
        if (before[0][0].as<std::string>() == name) return before[0][1].as<std::int64_t>();
        const auto rows = transaction.run(
            "update routers set name = $2, revision = revision + 1 where id = $1 returning revision", router, name);
        const model::Json detail{{"before", before[0][0].as<std::string>()}, {"after", name}};
        write_audit(transaction, {.user = actor.user,
                                  .address = actor.address,
                                  .action = "router.renamed",
                                  .target = router,
                                  .detail = detail.dump(-1, ' ', false, model::Json::error_handler_t::replace)});
        return rows[0][0].as<std::int64_t>();
    };
    auto renamed = co_await pool.transact<std::int64_t>(std::move(tenant), body);
    co_return renamed;
}

Task<Status> return_router(Pool& pool, Tenant tenant, std::string router, Actor actor) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        if (!transaction.run("select return_router($1::uuid)", router)[0][0].as<bool>())
            return failed(Code::NotFound, "no such router");
        write_audit(
            transaction,
            {.user = actor.user, .address = actor.address, .action = "router.returned", .target = router, .detail = "{}"});
        return true;
    };
    auto returned = co_await pool.transact<bool>(std::move(tenant), body);
    if (!returned) co_return std::unexpected{std::move(returned).error()};
    co_return Status{};
}

Task<Result<std::string>> open_return(Pool& pool, std::string fingerprint) {
    const std::function<Result<std::string>(Transaction&)> body = [fingerprint](Transaction& transaction) -> Result<std::string> {
        return transaction.run("select coalesce(open_return($1)::text, '')", fingerprint)[0][0].as<std::string>();
    };
    auto open = co_await pool.transact<std::string>({}, body);
    co_return open;
}

Task<Result<bool>> file_receipt(Pool& pool, std::string fingerprint, std::string custody, std::string receipt) {
    const std::function<Result<bool>(Transaction&)> body = [=](Transaction& transaction) -> Result<bool> {
        return transaction.run("select file_receipt($1, nullif($2, '')::uuid, $3::jsonb)", fingerprint, custody, receipt)[0][0]
            .as<bool>();
    };
    auto filed = co_await pool.transact<bool>({}, body);
    co_return filed;
}

}  // namespace vivi::db
