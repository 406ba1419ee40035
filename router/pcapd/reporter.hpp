// The way of a tick from the capture thread to the broker: held while empty, kept until confirmed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/bus/bus.hpp"
#include "common/core/time.hpp"
#include "common/runtime/signal.hpp"
#include "router/pcapd/counter.hpp"
#include "router/pcapd/outgoing.hpp"

namespace vivi::pcapd {

/// As the bus takes them.
std::vector<bus::Message> to_messages(const std::vector<Outgoing::Message>& waiting);

/// One loop, one thread. Also says which revision is in force (config.applied: its interfaces are watched and its rules, or later
/// ones, decide), or why it is not (config.failed).
class Reporter {
public:
    Reporter(const net::any_io_executor& executor, bus::Publisher& bus, std::string instance, OutgoingLimits limits = {});

    /// A tick without rows or drops waits for its neighbours, at most until `heartbeat` has passed since the last message.
    void accept(Tick tick, WallTime at);
    /// Said with what waits, and logged.
    void accept(const model::ForeignRa& announcement, WallTime at);
    /// What was held back as empty is said too: the process ends.
    void end(WallTime at);

    /// Publishes for ever; retries with back-off (0.25 s to 10 s). Ends by cancellation.
    Task<> publish();
    /// Publishes until nothing is left; ends.
    Task<> flush();

    /// What bus::publish_for_ever asks.
    bool is_empty() const { return outgoing_.is_empty(); }
    Task<> more() { return more_.wait(); }
    Task<bool> send_next();

    /// {"captured","dropped","flows","names",…,"waiting_batches","counted":{…},"confirmed":{…},"interfaces":[…]}
    model::Json health() const;

    static constexpr Milliseconds heartbeat{10'000};

private:
    void report_configuration(const Tick& tick, WallTime at);
    void report_interfaces(const Tick& tick);

    bus::Publisher& bus_;
    Outgoing outgoing_;
    Signal more_;
    model::TrafficBatch held_{};
    Tick last_{};
    std::uint64_t captured_ = 0, dropped_ = 0, foreign_announcements_ = 0;
    std::optional<std::pair<std::int64_t, std::string>> reported_{};  ///< Revision and what was wrong with it.
    bool was_dropping_ = false;                                       ///< In the last tick: a stretch of drops is logged once.
    bool is_waiting_ = false;                                         ///< The last publish failed.
};

}  // namespace vivi::pcapd
