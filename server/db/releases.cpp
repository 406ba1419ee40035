// SQL of releases: read by everybody, added and withdrawn by the operator at the command line.
// SPDX-License-Identifier: Apache-2.0
#include "common/core/crypto.hpp"
#include "server/db/as_owner.hpp"
#include "server/db/rollouts.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr std::size_t part_bytes = 262'144;

std::string release_query(std::string_view condition) {
    return "select id::text, version, architecture, size_bytes, sha256, signature, minimum_version, " + unix_ms("created_at") +
           ", withdrawn_at is not null from software_releases where true" + std::string{condition};
}

Release to_release(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .version = row[1].as<std::string>(),
            .architecture = row[2].as<std::string>(),
            .size_bytes = row[3].as<std::int64_t>(),
            .sha256 = row[4].as<std::string>(),
            .signature = row[5].as<std::string>(),
            .minimum_version = row[6].as<std::string>(),
            .created_at = from_unix_ms(row[7].as<std::int64_t>()),
            .is_withdrawn = row[8].as<bool>()};
}

}  // namespace

Task<Result<std::vector<Release>>> releases(Pool& pool) {
    using Found = std::vector<Release>;
    const std::function<Result<Found>(Transaction&)> body = [](Transaction& transaction) -> Result<Found> {
        Found found;
        for (const auto& row : transaction.run(release_query(" order by created_at desc, id limit 100")))
            found.push_back(to_release(row));
        return found;
    };
    auto found = co_await pool.transact<Found>({}, body);
    co_return found;
}

Task<Result<Release>> release(Pool& pool, std::string id) {
    const std::function<Result<Release>(Transaction&)> body = [id](Transaction& transaction) -> Result<Release> {
        const auto rows = transaction.run(release_query(" and id = $1 and withdrawn_at is null"), id);
        if (rows.empty()) return failed(Code::NotFound, "no such release");
        return to_release(rows[0]);
    };
    auto found = co_await pool.transact<Release>({}, body);
    co_return found;
}

Result<std::string> add_release(const std::string& owner_url, const Release& release, std::string_view bundle) {
    if (bundle.empty()) return failed(Code::Invalid, "the bundle is empty");
    const auto add = [&](Transaction& transaction) -> Result<std::string> {
        const auto id =
            transaction
                .run(
                    "insert into software_releases (version, architecture, size_bytes, sha256, signature,"
                    " minimum_version) values ($1, $2, $3, $4, $5, $6) returning id::text",
                    release.version, release.architecture, static_cast<std::int64_t>(bundle.size()),
                    crypto::to_hex(crypto::sha256(as_bytes(bundle))), release.signature, release.minimum_version)[0][0]
                .as<std::string>();
        for (std::size_t at = 0; at < bundle.size(); at += part_bytes)
            transaction.run("insert into software_parts (release_id, number, bytes) values ($1, $2, decode($3, 'hex'))", id,
                            static_cast<std::int64_t>(at / part_bytes), crypto::to_hex(as_bytes(bundle.substr(at, part_bytes))));
        transaction.run(
            "insert into audit_log (action, target, detail) values ('release.added', $1,"
            " jsonb_build_object('version', $2::text, 'architecture', $3::text))",
            id, release.version, release.architecture);
        return id;
    };
    return as_owner(owner_url, add, "this version is there already for this architecture");
}

Result<std::string> withdraw_release(const std::string& owner_url, const std::string& id) {
    return as_owner(owner_url, [&](Transaction& transaction) -> Result<std::string> {
        const auto rows =
            transaction.run("update software_releases set withdrawn_at = now() where id = $1 and withdrawn_at is null", id);
        if (rows.affected_rows() == 0) return failed(Code::NotFound, "no such release");
        transaction.run("insert into audit_log (action, target) values ('release.withdrawn', $1)", id);
        return id;
    });
}

}  // namespace vivi::db
