// PostgreSQL connections on threads of their own; one call is one transaction.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/core/result.hpp"
#include "common/runtime/task.hpp"

namespace vivi::db {

/// What a body works in; server/db/transaction.hpp, for the repositories of this folder only (it includes libpqxx).
class Transaction;

/// The organisation whose rows a transaction may see (row-level security); empty: none.
struct Tenant {
    std::string organisation{};
};

/// `size` connections, each with its own thread, statement_timeout 4 s, reconnecting. Transactions wait at most 4 s for a free
/// one.
class Pool {
public:
    /// `url` is a libpq connection string; the role in it decides what may be touched.
    Pool(std::string url, std::size_t size);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// Runs `body` in one transaction on a pool thread and commits; resumes here. Unavailable when the database is away (nothing
    /// was done, or the commit is not known to have happened: bodies are idempotent), Conflict for a serialization failure,
    /// Timeout when a statement took 4 s, Internal with PostgreSQL's words for the rest. An error returned by `body` rolls back.
    /// Cancelling the wait takes effect when the transaction ends.
    template <class T>
    Task<Result<T>> transact(Tenant tenant, std::function<Result<T>(Transaction&)> body) {
        // Shared: the pool's thread writes it even when the waiting coroutine was cancelled meanwhile.
        auto outcome = std::make_shared<Result<T>>(std::unexpected{Error{Code::Internal, "transaction did not run"}});
        const std::function<bool(Transaction&)> erased = [outcome, body = std::move(body)](Transaction& transaction) {
            *outcome = body(transaction);
            return outcome->has_value();
        };
        if (auto ran = co_await run(std::move(tenant), erased); !ran) co_return std::unexpected{std::move(ran).error()};
        co_return std::move(*outcome);
    }

    /// For metrics.
    struct Usage {
        std::size_t size = 0;     ///< Connections it may use.
        std::size_t used = 0;     ///< In a transaction now.
        std::size_t waiting = 0;  ///< Transactions without one.
    };
    Usage usage() const;

private:
    /// `body` says whether to commit.
    Task<Status> run(Tenant tenant, std::function<bool(Transaction&)> body);
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Completes with success when the database answers; for readiness.
Task<Status> ping(Pool& pool);

/// Applies server/db/migrations in order under an advisory lock, each once, as the owner. The SQL is compiled into the program.
/// Blocking; for main and tests.
Status migrate(const std::string& owner_url);

}  // namespace vivi::db
