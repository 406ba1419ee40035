// Threads for sessions: each has a loop, and what was given to it stays there to its end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/runtime/task_group.hpp"
#include "common/store/redis.hpp"
#include "server/hub/fleet.hpp"

namespace vivi::hub {

/// One thread. Made, run and ended by Shards.
class Shard {
public:
    Shard(Services& services, const std::string& redis_url, Fleet::Others others);
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    net::any_io_executor executor() { return io_.get_executor(); }
    /// Of its own thread only.
    Fleet& fleet() noexcept { return fleet_; }
    /// From any thread: starts `session` on this one. Once it is ending nothing starts any more.
    void start(std::move_only_function<Task<>(Shard&)> session);
    /// From any thread: runs `what` here some time.
    void tell(std::function<void(Fleet&)> what);
    /// Sessions and handshakes it has.
    std::size_t load() const noexcept { return load_; }
    bool has_redis() const noexcept { return redis_.connected(); }

    /// Lets the thread run; `ended` is called on it at its end.
    void run(std::function<void()> ended);
    /// From any thread: every session says goodbye, then the thread ends.
    void stop();
    /// What ended it, unless it was stop(); only after `ended`.
    std::exception_ptr failure() const noexcept { return failure_; }

private:
    Task<> live();
    Task<> counted(Task<> session);

    net::io_context io_{1};
    store::Redis redis_;
    Fleet fleet_;
    TaskGroup sessions_;
    net::cancellation_signal stopped_{};
    bool is_open_ = true;  // Of its own thread.
    std::atomic<std::size_t> load_ = 0;
    std::exception_ptr failure_{};
    std::thread thread_{};  // Last: it uses all of the above.
};

/// All of them, seen from the main loop.
class Shards {
public:
    Shards(net::any_io_executor executor, std::size_t count, Services& services, const std::string& redis_url);

    /// Until cancelled: then every session of every thread says goodbye. Throws what a thread threw.
    Task<> run();
    /// The one with the least to do.
    Shard& least_busy();
    /// Hears wake-ups and passes them on. Never ends by itself.
    Task<> listen(bus::Subscriber& subscriber);
    bool has_redis() const;
    /// Of each thread.
    std::vector<std::size_t> loads() const;

private:
    void tell_others(const Shard* except, const std::function<void(Fleet&)>& what);
    std::exception_ptr failure() const;

    Services& services_;
    std::shared_ptr<Signal> ended_;  // Shared: a thread's last word may come after us.
    net::any_io_executor executor_;
    std::size_t running_ = 0;
    std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace vivi::hub
