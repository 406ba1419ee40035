// SQL of access_changes.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/access_changes.hpp"

#include "server/db/transaction.hpp"

namespace vivi::db {

Task<Result<AccessChanges>> access_changes(Pool& pool, std::string position) {
    const std::function<Result<AccessChanges>(Transaction&)> body =
        [position](Transaction& transaction) -> Result<AccessChanges> {
        // The position first: what commits between the two statements is seen now and again the next time, not never.
        AccessChanges found{.position =
                                transaction.run("select pg_snapshot_xmin(pg_current_snapshot())::text")[0][0].as<std::string>()};
        const auto rows =
            position.empty()
                ? transaction.run("select id, subject::text from access_changes where at > now() - interval '10 seconds'")
                : transaction.run("select id, subject::text from access_changes where transaction >= $1::text::xid8", position);
        for (const auto& row : rows)
            found.changes.push_back({.id = row[0].as<std::int64_t>(), .subject = row[1].as<std::string>()});
        return found;
    };
    auto found = co_await pool.transact<AccessChanges>({}, body);
    co_return found;
}

}  // namespace vivi::db
