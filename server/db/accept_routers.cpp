// SQL of the operator's commands about routers that are nobody's yet.
// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include "common/core/claim_code.hpp"
#include "common/core/crypto.hpp"
#include "common/model/configuration.hpp"
#include "server/db/administration.hpp"
#include "server/db/as_owner.hpp"
#include "server/db/custody.hpp"
#include "server/db/revisions.hpp"

namespace vivi::db {
namespace {

/// The row of the key, accepted: a pending one is taken, an unknown one is made.
Result<std::string> take_router(Transaction& transaction, const NewRouter& router) {
    // It may come in at the hub this moment: whoever is first makes the row.
    transaction.run(
        "insert into routers (fingerprint) values ($1) on conflict (fingerprint) where state <> 'returned' do nothing",
        router.fingerprint);
    const auto known = transaction.run(
        "select id::text, state from routers where fingerprint = $1 and state <> 'returned' for update", router.fingerprint);
    if (known.empty()) return failed(Code::Conflict, "the router with the key " + router.fingerprint + " is somebody's already");
    if (known[0][1].as<std::string>() != "pending")
        return failed(Code::Conflict, "the router " + known[0][0].as<std::string>() + " with this key is " +
                                          known[0][1].as<std::string>() + " already");
    const auto id = known[0][0].as<std::string>();
    transaction.run("update routers set organisation_id = $2, name = $3, state = 'accepted' where id = $1", id,
                    router.organisation, router.name);
    return id;
}

Result<std::string> accept(Transaction& transaction, const NewRouter& router) {
    const auto id = take_router(transaction, router);
    if (!id) return id;
    const auto custody = transaction
                             .run("insert into custodies (organisation_id, router_id) values ($1, $2) returning id::text",
                                  router.organisation, *id)[0][0]
                             .as<std::string>();
    const auto document = first_document(router.configuration, custody);
    if (!document) return document;
    transaction.run("insert into configurations (organisation_id, router_id, revision, document) values ($1, $2, 1, $3::jsonb)",
                    router.organisation, *id, *document);
    transaction.run("update routers set custody_id = $2, desired_revision = 1, revision = revision + 1 where id = $1", *id,
                    custody);
    return id;
}

/// A key of nobody that stays known until somebody claims it.
Result<std::string> await(Transaction& transaction, const NewRouter& router) {
    transaction.run(
        "insert into routers (fingerprint) values ($1) on conflict (fingerprint) where state <> 'returned' do nothing",
        router.fingerprint);
    const auto rows = transaction.run(
        "update routers set name = $2, registered_at = coalesce(registered_at, now())"
        " where fingerprint = $1 and state = 'pending' returning id::text",
        router.fingerprint, router.name);
    if (rows.empty()) return failed(Code::Conflict, "the router with the key " + router.fingerprint + " is somebody's already");
    return rows[0][0].as<std::string>();
}

/// The key and the name of "SHA256:… name"; an empty line and one that begins with # have none.
Result<NewRouter> parse_line(const std::string& line, const RouterBatch& batch) {
    std::istringstream words{line};
    NewRouter router{.organisation = batch.organisation, .configuration = batch.configuration};
    words >> router.fingerprint >> std::ws;
    std::getline(words, router.name);
    if (router.fingerprint.empty() || router.fingerprint.starts_with('#')) return NewRouter{};
    constexpr std::size_t characters = std::string_view{"SHA256:"}.size() + 43;  // 32 octets in base64 without padding.
    if (!router.fingerprint.starts_with("SHA256:") || router.fingerprint.size() != characters)
        return failed(Code::Invalid, "must be a fingerprint as ssh-keygen -l prints it, and a name");
    return router;
}

}  // namespace

Result<std::string> accept_router(const std::string& owner_url, const NewRouter& router) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        if (auto there = require_organisation(transaction, router.organisation); !there) return std::unexpected{there.error()};
        return accept(transaction, router);
    });
}

Result<std::string> register_routers(const std::string& owner_url, const RouterBatch& batch) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        if (!batch.organisation.empty()) {
            if (auto there = require_organisation(transaction, batch.organisation); !there) return std::unexpected{there.error()};
        }
        std::istringstream lines{batch.lines};
        std::string ids;
        int number = 0;
        for (std::string line; std::getline(lines, line);) {
            const auto where = "line " + std::to_string(++number);
            auto router = parse_line(line, batch);
            if (!router) return std::unexpected{std::move(router).error().in(where)};
            if (router->fingerprint.empty()) continue;
            auto id = batch.organisation.empty() ? await(transaction, *router) : accept(transaction, *router);
            if (!id) return std::unexpected{std::move(id).error().in(where)};
            ids.append(ids.empty() ? "" : "\n").append(*id);
        }
        if (ids.empty()) return failed(Code::Invalid, "there is no fingerprint in the batch");
        return ids;
    });
}

Result<std::string> offer_claim_code(const std::string& owner_url, const std::string& fingerprint) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        transaction.run(
            "insert into routers (fingerprint) values ($1) on conflict (fingerprint) where state <> 'returned' do nothing",
            fingerprint);
        const auto code = make_claim_code(crypto::random_bytes(claim_code_characters));
        const auto rows = transaction.run("select offer_claim_code($1, decode($2, 'hex')) is not null", fingerprint,
                                          claim_code_hash(*parse_claim_code(code)));
        if (!rows[0][0].as<bool>()) return failed(Code::Conflict, "the router with this key is not pending: somebody has it");
        return code;
    });
}

}  // namespace vivi::db
