// Whose wake-ups this hub hears: those of the routers it has, and nobody else's.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "common/bus/bus.hpp"
#include "server/live/messages.hpp"

namespace vivi::hub {

/// Several sessions of a router may be there at once for a moment, on any threads.
class Hearing {
public:
    explicit Hearing(bus::Bindings& queue) : queue_{queue} {}

    void begin(const std::string& router) {
        const std::scoped_lock lock{mutex_};
        if (++sessions_[router] == 1) queue_.bind(live::topics_for_hub(router));
    }
    void end(const std::string& router) {
        const std::scoped_lock lock{mutex_};
        const auto found = sessions_.find(router);
        if (found == sessions_.end() || --found->second > 0) return;
        sessions_.erase(found);
        queue_.unbind(live::topics_for_hub(router));
    }

private:
    bus::Bindings& queue_;
    std::mutex mutex_{};
    std::map<std::string, int> sessions_{};
};

/// Heard for as long as it lives.
class Heard {
public:
    Heard(Hearing& by, std::string router) : by_{by}, router_{std::move(router)} { by_.begin(router_); }
    ~Heard() { by_.end(router_); }
    Heard(const Heard&) = delete;
    Heard& operator=(const Heard&) = delete;

private:
    Hearing& by_;
    std::string router_;
};

}  // namespace vivi::hub
