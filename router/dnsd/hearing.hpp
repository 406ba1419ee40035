// What dnsd hears on the bus, and whether somebody looks at this router.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/core/time.hpp"
#include "common/runtime/task.hpp"
#include "common/store/store.hpp"

namespace vivi::dnsd {

/// What to bind the queue to.
std::vector<std::string> heard_topics();

class Hearing {
public:
    struct Handlers {
        std::function<void()> configuration;  ///< config.changed
        std::function<void()> policy;         ///< config.changed, policy.changed
        std::function<void()> leases;         ///< dhcp.lease.*
        std::function<void()> watch;          ///< is_watched() may be another now.
    };
    explicit Hearing(Handlers handlers) : handlers_{std::move(handlers)} {}

    /// Ends by cancellation.
    Task<> hear(bus::Subscriber& bus);
    /// `vivi:watch`, at the start and every 5 s: whoever missed the event sees the noun. Ends by cancellation.
    Task<> look(store::Store& store);
    bool is_watched(Instant now) const noexcept { return now < watched_until_; }

private:
    void take(const bus::Message& message);
    void set_watch(Seconds seconds);

    Handlers handlers_;
    Instant watched_until_{};
};

}  // namespace vivi::dnsd
