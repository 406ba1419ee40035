// Cuts flows that pcapd saw going to a denied name: from the bus to the kernel in some milliseconds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "common/bus/bus.hpp"
#include "common/runtime/task.hpp"
#include "router/bridged/enforcer.hpp"

namespace vivi::bridged {

/// Hears a queue of its own that nobody else fills and that dies with the connection: a flow that was not cut at once has gone on
/// or ended anyway, and pcapd says it again with the next packet that names it. At the queue's bound the oldest are dropped.
class FlowCutter {
public:
    static constexpr Seconds cut_for{600};

    explicit FlowCutter(Enforcer& enforcer) : enforcer_{enforcer} {}

    /// Ends by cancellation.
    Task<> hear(bus::Subscriber& denied);

    struct Counters {
        std::uint64_t cut = 0;
        std::uint64_t failed = 0;     ///< The kernel refused.
        std::uint64_t malformed = 0;  ///< Not a flow.denied.
    };
    const Counters& counters() const noexcept { return counters_; }

private:
    Task<> cut(const bus::Message& message);

    Enforcer& enforcer_;
    Counters counters_{};
};

}  // namespace vivi::bridged
