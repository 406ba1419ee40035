// What dhcpd says on the bus: that something was written, and how a revision went.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <optional>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/runtime/task.hpp"
#include "router/dhcpd/journal.hpp"
#include "router/dhcpd/server.hpp"

namespace vivi::dhcpd {

/// Lease events are in Redis already; here they only wake their reader, so one that cannot be sent is dropped. A verdict on a
/// revision is said until the broker has it, or until a newer one replaces it.
class Announcer {
public:
    Announcer(const net::any_io_executor& executor, bus::Publisher& bus);

    void wake(std::vector<bus::Message> events);
    void report(Verdict verdict);
    /// Ends by cancellation.
    Task<> run();

private:
    Task<> send_verdict();

    bus::Publisher& bus_;
    Recorder recorder_;  ///< A producer of its own: its numbers have no gaps where events went to Redis.
    std::deque<bus::Message> events_;
    std::optional<bus::Message> verdict_;
    net::steady_timer bell_;
    bool is_away_ = false;
};

}  // namespace vivi::dhcpd
