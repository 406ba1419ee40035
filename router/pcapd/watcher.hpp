// Which configuration and which period the capture thread works with: from the document, the bus, and Redis.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <string>

#include "common/bus/bus.hpp"
#include "common/model/configuration.hpp"
#include "common/store/store.hpp"
#include "router/pcapd/counter.hpp"
#include "router/pcapd/policy_watch.hpp"
#include "router/pcapd/tick.hpp"
#include "router/state/live_configuration.hpp"

namespace vivi::pcapd {

/// What `configuration` asks the capture thread to watch; `interface` replaces those of its networks unless it is empty.
Plan plan_of(const model::Configuration& configuration, const std::string& interface);

/// One loop, one thread. Its tasks end by cancellation only.
class Watcher {
public:
    Watcher(const net::any_io_executor& executor, Counter& counter, state::LiveConfiguration& live, PolicyWatch& policy,
            std::string interface);

    /// Gives each new configuration to the capture thread.
    Task<> follow_configuration();
    /// config.changed, policy.changed and watch.changed.
    Task<> hear(bus::Subscriber& bus);
    /// `vivi:watch`, at the start and every 5 s: whoever missed the event, or was not there yet, sees the noun.
    Task<> look(store::Store& store);
    /// Gives the period to the capture thread when it changes: somebody looks, nobody does any more, the configuration says
    /// otherwise.
    Task<> keep_period();

    bool is_watched() const;

private:
    void set_watch(Seconds seconds);

    Counter& counter_;
    state::LiveConfiguration& live_;
    PolicyWatch& policy_;
    std::string interface_;
    model::Monitoring monitoring_{};
    Watch watch_{};
    net::steady_timer changed_;
};

}  // namespace vivi::pcapd
