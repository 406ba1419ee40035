// From the broker's topic to the subscribers that care: each hears of a router at most once until it looks again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/bus/bus.hpp"

namespace vivi::live {

class Ear;
/// The ears of each router.
using Ears = std::unordered_map<std::string, std::vector<Ear*>>;

/// One subscriber's ear. Holds at most one pending wake-up: the newest wins, and what it replaced is not missed, because a
/// wake-up carries no content, only the reason to look at the database.
class Ear {
public:
    ~Ear();
    Ear(const Ear&) = delete;
    Ear& operator=(const Ear&) = delete;

    /// Completes at once when something happened since the last call, else when it does, but after `at_most` in any case. Gives
    /// the number of the last wake-up that it heard; numbers rise over all routers.
    Task<std::uint64_t> wait(Milliseconds at_most);

private:
    friend class Wakeups;
    Ear(std::shared_ptr<Ears> all, std::string router, net::any_io_executor executor);
    void wake(std::uint64_t number);

    std::shared_ptr<Ears> all_;  // Shared: a subscriber's end may come after the process has put its parts away.
    std::string router_;
    net::steady_timer timer_;
    std::uint64_t heard_ = 0;
    bool is_pending_ = false;
};

/// Reads `router.*.changed` and wakes the ears of that router.
class Wakeups {
public:
    explicit Wakeups(net::any_io_executor executor) : executor_{std::move(executor)} {}

    std::unique_ptr<Ear> listen(std::string router);
    /// Never ends by itself.
    Task<> run(bus::Subscriber& subscriber);
    /// What a message does; also for this process' own changes, so that they need not travel.
    void wake(const std::string& router);

    std::size_t ears() const noexcept;

private:
    net::any_io_executor executor_;
    std::shared_ptr<Ears> ears_ = std::make_shared<Ears>();  // Shared: see Ear.
    std::uint64_t number_ = 0;
};

}  // namespace vivi::live
