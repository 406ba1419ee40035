// Real services for tests: each private, on loopback, in a folder of its own, ready when constructed and gone when destroyed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/adapters/child.hpp"

namespace vivi::test {

/// redis-server, append-only, on its own port; what was written is there again after stop() or kill() and start().
class PrivateRedis {
public:
    /// `arguments` are added to the command line: {"--requirepass", "secret"}.
    explicit PrivateRedis(std::vector<std::string> arguments = {});
    std::uint16_t port() const noexcept { return port_; }
    /// redis://127.0.0.1:port/0
    std::string url() const;
    std::string unix_socket() const { return folder_ / "redis.sock"; }
    const std::string& folder() const noexcept { return folder_.path(); }

    void start();   ///< Returns when it answers.
    void stop();    ///< SIGTERM, waits for its end.
    void kill();    ///< SIGKILL, waits for its end.
    void pause();   ///< SIGSTOP: connections stay, nothing answers.
    void resume();  ///< SIGCONT

private:
    TempFolder folder_{};
    std::uint16_t port_ = free_port();
    std::vector<std::string> arguments_;
    std::optional<Child> server_{};
};

/// A RabbitMQ node with its own epmd; starting takes some seconds, so share one in a test suite. Queues survive kill() and
/// start().
class PrivateRabbitmq {
public:
    PrivateRabbitmq();
    std::uint16_t port() const noexcept { return port_; }
    /// amqp://guest:guest@127.0.0.1:port/
    std::string url() const;

    void start();
    void stop();
    void kill();
    void pause();
    void resume();
    /// Runs rabbitmqctl on the node: {"list_queues"}; its output. Takes seconds.
    std::string control(const std::vector<std::string>& arguments);

private:
    std::map<std::string, std::string> environment() const;

    TempFolder folder_{};
    std::uint16_t port_ = free_port();
    std::uint16_t distribution_port_ = free_port();
    std::uint16_t epmd_port_ = free_port();
    std::optional<Child> epmd_{};
    std::optional<Child> server_{};
};

/// A PostgreSQL 15 cluster with the empty database `vivi` that belongs to the role vivi_owner (may create roles). Everybody on
/// loopback is trusted. Runs as the user postgres when the tests run as root.
class PrivatePostgres {
public:
    /// `shared_buffers`: what it caches itself. Tests need little; benches give it what it has by default, 128MB.
    explicit PrivatePostgres(std::string shared_buffers = "16MB");
    ~PrivatePostgres();
    std::uint16_t port() const noexcept { return port_; }
    /// postgresql://vivi_owner@127.0.0.1:port/vivi
    std::string owner_url() const { return url("vivi_owner"); }
    /// The same for any role: "vivi_hub", "vivi_api", "vivi_auth" (they exist after the migrations), "postgres" (superuser).
    std::string url(const std::string& role) const;

    void start();
    void stop();
    void kill();
    /// Runs SQL with psql as the superuser in database vivi; its unaligned output without headers.
    std::string sql(const std::string& statement);

private:
    std::string user() const;
    bool is_ready() const;

    TempFolder folder_{};
    std::uint16_t port_ = free_port();
    std::string shared_buffers_;
    std::string database_ = "postgres";  ///< Until vivi is there.
    std::optional<Child> server_{};
};

}  // namespace vivi::test
