// The store on Redis: hiredis' asynchronous API on the loop, with deadlines and reconnection, which it lacks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/store/store.hpp"

namespace vivi::store {

/// How to reach one Redis. redis://[user:password@]host:port/database or unix:///path
struct RedisAddress {
    std::string url;
};

/// One connection. Commands given while it is away fail with Unavailable at once; a reconnect is tried with back-off
/// (50 ms to 2 s) for as long as this object lives. All calls on the loop it was made on.
class Redis final : public Store {
public:
    Redis(net::any_io_executor executor, RedisAddress address);
    ~Redis() override;

    Task<Result<Reply>> run(Command command) override;
    Task<Result<std::vector<Reply>>> pipeline(std::vector<Command> commands) override;
    Task<Result<std::vector<Reply>>> transaction(std::vector<Command> commands) override;

    /// For commands that block in Redis (XREAD BLOCK): waits up to `at_most` longer than the command itself may take.
    Task<Result<Reply>> run_blocking(Command command, Milliseconds at_most);
    bool connected() const noexcept;  ///< Of any thread.
    /// Completes when the connection is up.
    Task<> ready();

private:
    struct Connection;
    std::shared_ptr<Connection> connection_;  // Shared: hiredis' callbacks hold it past the destructor.
};

}  // namespace vivi::store
