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
#include <variant>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/policy_event.hpp"
#include "common/model/traffic.hpp"
#include "router/pcapd/capture.hpp"
#include "router/pcapd/capture_proof.hpp"
#include "router/pcapd/flow_table.hpp"
#include "router/pcapd/policy_watch.hpp"

namespace vivi::pcapd {

/// What to watch; of one configuration revision.
struct Plan {
    std::int64_t revision = 0;
    std::vector<std::string> interfaces{};
    std::vector<Ipv4Prefix> prefixes{};
    std::vector<std::string> tagged{};  ///< Devices beside them, as the uplink's: "eth0.20" is not to be counted on "eth0" too.
    std::optional<Ipv4> next_hop{};     ///< One-armed only.
    bool operator==(const Plan&) const = default;
};

struct InterfaceState {
    std::string name{};
    std::string problem{};  ///< Empty: it is captured.
    SelfTest self_test = SelfTest::Waiting;
    bool operator==(const InterfaceState&) const = default;
};

/// What the thread says at the end of a tick.
struct Tick {
    model::TrafficBatch batch{};
    FlowCounts counts{};
    std::int64_t revision = 0;  ///< Of the plan in force; 0 until each of its interfaces was tried.
    std::vector<InterfaceState> interfaces{};
    std::int64_t policy_revision = -1;  ///< Of the policy that decides; -1: none.
    std::string policy_problem{};
    model::PolicyHits hits{};
    bool is_last = false;  ///< The thread ends after it.
};

/// What cannot wait for the end of a tick.
using Alarm = std::variant<model::FlowDenied, model::ForeignRa>;

/// Where the thread hands things over; both run on it, must not block, and say whether they took what they were given.
struct HandOver {
    std::function<bool(const Tick&)> tick;    ///< What is not taken is merged into the next.
    std::function<bool(const Alarm&)> alarm;  ///< What is not taken is forgotten: it comes again while it goes on.
};

/// Its verbs may be called from any thread and return at once.
class Counter {
public:
    Counter(CaptureOptions options, Milliseconds period, HandOver hand_over);
    /// Stops and waits for the thread: some milliseconds.
    ~Counter();
    Counter(const Counter&) = delete;
    Counter& operator=(const Counter&) = delete;

    /// Opens and closes interfaces as needed; those that are missing are tried again (0.5 s to 10 s). Ends the current tick.
    void watch(Plan plan);
    void set_period(Milliseconds period);
    /// Decides by it from now on. Ends the current tick: its hits are the policy's before.
    void decide_by(PolicyState policy);
    /// The current tick is handed over with `is_last`, then the thread ends.
    void stop();

private:
    struct Orders {
        std::optional<Plan> plan{};
        std::optional<Milliseconds> period{};
        std::optional<PolicyState> policy{};
        bool stop = false;
    };
    class Loop;

    void order(std::function<void(Orders&)> change);
    Orders take_orders();

    CaptureOptions options_;
    Milliseconds period_;
    HandOver hand_over_;
    int wake_;  ///< An eventfd: the thread waits in poll().
    std::mutex mutex_;
    Orders orders_;
    std::thread thread_;
};

}  // namespace vivi::pcapd
