// The capture thread: owns the rings and the flow table, and hands over what it counted at the end of each tick.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/traffic.hpp"
#include "router/pcapd/capture.hpp"
#include "router/pcapd/flow_table.hpp"

namespace vivi::pcapd {

/// What to watch; of one configuration revision.
struct Plan {
    std::int64_t revision = 0;
    std::vector<std::string> interfaces{};
    std::vector<Ipv4Prefix> prefixes{};
    bool operator==(const Plan&) const = default;
};

struct InterfaceState {
    std::string name{};
    std::string problem{};  ///< Empty: it is captured.
    bool operator==(const InterfaceState&) const = default;
};

/// What the thread says at the end of a tick.
struct Tick {
    model::TrafficBatch batch{};
    FlowCounts counts{};
    std::int64_t revision = 0;  ///< Of the plan in force.
    std::vector<InterfaceState> interfaces{};
    bool is_last = false;  ///< The thread ends after it.
};

/// Its verbs may be called from any thread and return at once. A tick that is not taken is merged into the next.
class Counter {
public:
    /// `hand_over` runs on the capture thread and says whether it took the tick; it must not block.
    Counter(CaptureOptions options, Milliseconds period, std::function<bool(const Tick&)> hand_over);
    /// Stops and waits for the thread: some milliseconds.
    ~Counter();
    Counter(const Counter&) = delete;
    Counter& operator=(const Counter&) = delete;

    /// Opens and closes interfaces as needed; those that are missing are tried again (0.5 s to 10 s). Ends the current tick.
    void watch(Plan plan);
    void set_period(Milliseconds period);
    /// The current tick is handed over with `is_last`, then the thread ends.
    void stop();

private:
    struct Orders {
        std::optional<Plan> plan{};
        std::optional<Milliseconds> period{};
        bool stop = false;
    };
    class Loop;

    void order(std::function<void(Orders&)> change);
    Orders take_orders();

    CaptureOptions options_;
    Milliseconds period_;
    std::function<bool(const Tick&)> hand_over_;
    int wake_;  ///< An eventfd: the thread waits in poll().
    std::mutex mutex_;
    Orders orders_;
    std::thread thread_;
};

}  // namespace vivi::pcapd
