// What dnsd says on the bus: names asked for, rules that hit, and which revision is in force; numbered, kept until confirmed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/bus/bus.hpp"
#include "common/model/policy_event.hpp"
#include "common/runtime/signal.hpp"
#include "router/state/outgoing_events.hpp"

namespace vivi::dnsd {

/// One loop, one thread.
class Reporter {
public:
    Reporter(const net::any_io_executor& executor, bus::Publisher& bus, std::string instance);

    /// What happened in a tick; nothing is said of an empty one.
    void accept(const model::DomainsSeen& seen, const model::PolicyHits& hits, WallTime at);
    /// That `revision` is in force, or why it is not. Said again only when something of it changed.
    void revision(std::int64_t revision, const std::string& problem, WallTime at);

    /// Publishes for ever; retries with back-off (0.25 s to 10 s). Ends by cancellation.
    Task<> publish();
    /// Publishes until nothing is left; ends.
    Task<> flush();

    /// What bus::publish_for_ever asks.
    bool is_empty() const { return outgoing_.is_empty(); }
    Task<> more() { return more_.wait(); }
    Task<bool> send_next();

    std::size_t waiting() const noexcept { return outgoing_.waiting(); }
    std::uint64_t dropped() const noexcept { return outgoing_.dropped(); }
    std::optional<std::int64_t> reported() const { return reported_ ? std::optional{reported_->first} : std::nullopt; }

private:
    bus::Publisher& bus_;
    state::OutgoingEvents outgoing_;
    Signal more_;
    std::optional<std::pair<std::int64_t, std::string>> reported_{};
    bool is_waiting_ = false;  ///< The last publish failed.
};

}  // namespace vivi::dnsd
