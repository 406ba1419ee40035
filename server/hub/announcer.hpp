// Tells the server bus what changed, without making anybody wait for the broker.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
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
        : bus_{bus}, counts_{counts}, news_{std::move(executor)} {}

    void announce(live::Changed changed);
    /// vivi-server is to look: a command has a nonce.
    void ask_to_sign(std::string command);
    /// Sends as announcements come; never ends by itself.
    Task<> run();
    /// Sends what waits, once.
    Task<> flush();

private:
    bus::Publisher& bus_;
    Counts& counts_;
    Signal news_;
    std::map<std::string, live::Changed> waiting_;
    std::set<std::string> signing_;  // Of connected routers' commands: bounded by those.
};

}  // namespace vivi::hub
