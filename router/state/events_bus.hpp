// The router's bus: its exchange, and the one durable queue on it, known to publishers too so that nothing is said to nobody.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/bus/rabbitmq.hpp"

namespace vivi::state {

/// bridged's queue: everything that must reach the server (docs/protocol.md section 1).
inline bus::Queue bridged_queue() {
    return {
        .name = "bridged",
        .bindings = {"dhcp.#", "traffic.#", "config.applied", "config.failed", "domain.#", "policy.hit", "network.#", "health.#"},
        .prefetch = 256};
}

/// For bridged alone, and only while it listens: a flow is cut at once or not at all. At its bound the oldest are dropped.
inline bus::Queue flows_denied_queue() { return {.name = {}, .bindings = {"flow.denied"}, .most_bytes = 1 << 20, .prefetch = 64}; }

/// The broker at `url` with the exchange vivi.events. Whoever comes first declares bridged's queue, also when bridged comes last.
inline bus::Broker events_bus(std::string url) {
    return {.url = std::move(url), .exchange = "vivi.events", .queues = {bridged_queue()}};
}

}  // namespace vivi::state
