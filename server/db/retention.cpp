// Portions, each a short transaction: ingest of the same tables goes on in between.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/retention.hpp"

#include "server/db/transaction.hpp"

namespace vivi::db {

Task<Result<int>> forget_outlived(Pool& pool, int most) {
    const std::function<Result<int>(Transaction&)> body = [most](Transaction& transaction) -> Result<int> {
        return transaction.run("select forget_outlived($1)", most)[0][0].as<int>();
    };
    for (int portions = 1;; ++portions) {
        const auto fullest = co_await pool.transact<int>({}, body);
        if (!fullest) co_return std::unexpected{fullest.error()};
        if (*fullest < most) co_return portions;
    }
}

Task<Result<int>> drop_outlived_partitions(Pool& pool) {
    const std::function<Result<int>(Transaction&)> body = [](Transaction& transaction) -> Result<int> {
        return transaction.run("select drop_outlived_partitions()")[0][0].as<int>();
    };
    auto gone = co_await pool.transact<int>({}, body);
    co_return gone;
}

}  // namespace vivi::db
