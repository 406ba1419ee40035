// The fast way of refused flows to the broker: bridged cuts them, so they do not queue behind ticks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/bus/bus.hpp"
#include "common/model/policy_event.hpp"
#include "common/runtime/signal.hpp"
#include "router/pcapd/outgoing.hpp"

namespace vivi::pcapd {

/// A producer of its own (docs/protocol.md section 1): these events stay on the router, and bridged would miss their numbers
/// among those of the ticks. One loop, one thread.
class DenialReporter {
public:
    DenialReporter(const net::any_io_executor& executor, bus::Publisher& bus, std::string instance);

    /// At the bound of 256 the oldest that waits goes: its flow is said again while it goes on.
    void accept(const model::FlowDenied& flow, WallTime at);
    /// Publishes for ever; retries with back-off (0.1 s to 2 s). Ends by cancellation.
    Task<> publish();

    /// Flows that were said, and of them those the broker holds.
    std::uint64_t accepted() const noexcept { return accepted_; }
    std::uint64_t confirmed() const noexcept { return confirmed_; }

private:
    bus::Publisher& bus_;
    Outgoing outgoing_;
    Signal more_;
    std::uint64_t accepted_ = 0, confirmed_ = 0;
};

}  // namespace vivi::pcapd
