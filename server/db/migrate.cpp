// Applies the migrations that are missing, all in one transaction under an advisory lock: replicas may start at once.
// SPDX-License-Identifier: Apache-2.0
#include <pqxx/transaction.hxx>

#include "common/core/crypto.hpp"
#include "server/db/connection.hpp"
#include "server/db/migrations.hpp"
#include "server/db/pool.hpp"

namespace vivi::db {
namespace {

constexpr std::int64_t lock_number = 0x76697669;  // "vivi"

std::string fingerprint(std::string_view sql) { return crypto::to_hex(crypto::sha256(as_bytes(sql))); }

Status apply(pqxx::work& work, const Migration& migration) {
    const auto known = work.exec_params("select sha256 from schema_migrations where version = $1", migration.version);
    if (known.empty()) {
        work.exec(std::string{migration.sql});
        work.exec_params("insert into schema_migrations (version, name, sha256) values ($1, $2, $3)", migration.version,
                         std::string{migration.name}, fingerprint(migration.sql));
        return {};
    }
    if (known[0][0].as<std::string>() == fingerprint(migration.sql)) return {};
    return failed(Code::Conflict, "database: migration " + std::string{migration.name} +
                                      " was applied with another text; migrations are never edited, add a new one");
}

}  // namespace

Status migrate(const std::string& owner_url) {
    try {
        const auto connection = connect(owner_url, Deadline::None);
        pqxx::work work{*connection};
        work.exec("set local client_min_messages = warning");
        work.exec_params("select pg_advisory_xact_lock($1)", lock_number);
        work.exec(
            "create table if not exists schema_migrations (version int primary key, name text not null, sha256 text not null,"
            " applied_at timestamptz not null default now())");
        for (const auto& migration : migrations()) {
            if (auto applied = apply(work, migration); !applied) return applied;
        }
        work.commit();
        return {};
    } catch (const std::exception& thrown) {
        return std::unexpected{describe(thrown).in("migrating")};
    }
}

}  // namespace vivi::db
