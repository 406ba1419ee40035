// Tells the server bus what changed, without making anybody wait for the broker.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "common/bus/bus.hpp"
#include "common/runtime/signal.hpp"
#include "server/hub/counts.hpp"
#include "server/live/messages.hpp"

namespace vivi::hub {

/// Holds at most one announcement a router: what comes before it is sent is merged into it. What the broker does not take is
/// dropped and counted: these are wake-ups, and viewers also look by themselves.
class Announcer {
public:
    Announcer(net::any_io_executor executor, bus::Publisher& bus, Counts& counts)
        : executor_{executor}, bus_{bus}, counts_{counts}, news_{std::make_shared<Signal>(std::move(executor))} {}

    /// From any thread.
    void announce(live::Changed changed);
    /// vivi-server is to look: a command has a nonce. From any thread.
    void ask_to_sign(std::string command);
    /// Sends as announcements come; never ends by itself. On the loop of the constructor, as flush().
    Task<> run();
    /// Sends what waits, once.
    Task<> flush();

private:
    std::vector<bus::Message> take();
    Task<> send(std::vector<bus::Message> messages);
    void notify();

    net::any_io_executor executor_;
    bus::Publisher& bus_;
    Counts& counts_;
    std::shared_ptr<Signal> news_;  // Shared: a notice that another thread posted may come after us.
    std::mutex mutex_{};
    std::map<std::string, live::Changed> waiting_;  // Guarded by mutex_.
    std::set<std::string> signing_;                 // Guarded by mutex_; of connected routers' commands: bounded by those.
};

}  // namespace vivi::hub
