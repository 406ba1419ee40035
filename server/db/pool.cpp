// The connection pool on libpqxx: a thread for each connection, one job a transaction.
// SPDX-License-Identifier: Apache-2.0
#include "server/db/pool.hpp"

#include <atomic>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <mutex>
#include <pqxx/connection.hxx>
#include <pqxx/except.hxx>
#include <vector>

#include "common/runtime/clock.hpp"
#include "server/db/connection.hpp"
#include "server/db/transaction.hpp"

namespace vivi::db {
namespace {

constexpr Seconds longest_wait{4};
constexpr int most_waiting = 1'000;

using Connection = std::unique_ptr<pqxx::connection>;

/// One transaction on `connection`, which is made when absent and dropped when it can no longer be trusted.
Status run_once(Connection& connection, const std::string& url, const Tenant& tenant,
                const std::function<bool(Transaction&)>& body) {
    try {
        if (!connection) connection = connect(url, Deadline::Statements);
        pqxx::work work{*connection};
        work.exec_params("select set_config('vivi.organisation', $1, true)", tenant.organisation);
        Transaction transaction{work};
        if (body(transaction))
            work.commit();
        else
            work.abort();
        return {};
    } catch (const std::exception& thrown) {
        auto failure = describe(thrown);
        if (failure.code == Code::Unavailable) connection.reset();
        return std::unexpected{std::move(failure)};
    }
}

}  // namespace

struct Pool::Impl {
    Impl(std::string where, std::size_t connections) : url{std::move(where)}, size{connections}, threads{connections} {
        idle.resize(size);
    }
    ~Impl() {
        threads.stop();
        threads.join();
    }

    Connection borrow() {
        const std::lock_guard lock{mutex};
        auto connection = std::move(idle.back());  // As many places as threads: there is always one.
        idle.pop_back();
        return connection;
    }
    void give_back(Connection connection) {
        const std::lock_guard lock{mutex};
        idle.push_back(std::move(connection));
    }
    Status work_off(Instant asked, const Tenant& tenant, const std::function<bool(Transaction&)>& body) {
        if (now() - asked > longest_wait) return failed(Code::Unavailable, "database: no free connection within 4 s");
        auto connection = borrow();
        auto status = run_once(connection, url, tenant, body);
        give_back(std::move(connection));
        return status;
    }

    const std::string url;
    const std::size_t size;
    std::mutex mutex;
    std::vector<Connection> idle;  // The last one back is the next one out: the others may rest.
    std::atomic<int> waiting = 0;
    net::thread_pool threads;
};

Pool::Pool(std::string url, std::size_t size) : impl_{std::make_unique<Impl>(std::move(url), size)} {}
Pool::~Pool() = default;

Pool::Usage Pool::usage() const {
    const std::lock_guard lock{impl_->mutex};
    const auto used = impl_->size - impl_->idle.size();
    const auto asked = static_cast<std::size_t>(impl_->waiting.load());
    return {.size = impl_->size, .used = used, .waiting = asked > used ? asked - used : 0};
}

Task<Status> Pool::run(Tenant tenant, std::function<bool(Transaction&)> body) {
    auto& impl = *impl_;
    if (impl.waiting.fetch_add(1) >= most_waiting) {
        impl.waiting.fetch_sub(1);
        co_return failed(Code::Unavailable, "database: 1,000 transactions wait already");
    }
    // Not blocking(): a cancellation must not reach into a coroutine on another thread, so this wait simply has no slot for it.
    auto start = [&impl, asked = now(), tenant = std::move(tenant), body = std::move(body)](auto handler) mutable {
        auto home = net::get_associated_executor(handler);
        auto guard = net::make_work_guard(home);
        auto job = [&impl, asked, tenant = std::move(tenant), body = std::move(body), handler = std::move(handler), home,
                    guard = std::move(guard)]() mutable {
            auto status = impl.work_off(asked, tenant, body);
            impl.waiting.fetch_sub(1);
            net::post(home, [handler = std::move(handler), status = std::move(status)]() mutable { handler(std::move(status)); });
        };
        net::post(impl.threads, std::move(job));
    };
    auto status = co_await net::async_initiate<const net::use_awaitable_t<>, void(Status)>(std::move(start), net::use_awaitable);
    co_return status;
}

Task<Status> ping(Pool& pool) {
    const std::function<Result<bool>(Transaction&)> body = [](Transaction& transaction) -> Result<bool> {
        transaction.run("select 1");
        return true;
    };
    auto answer = co_await pool.transact<bool>({}, body);
    if (!answer) co_return std::unexpected{std::move(answer).error()};
    co_return Status{};
}

}  // namespace vivi::db
