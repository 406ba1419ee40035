// A capture thread for tests, and the sum of what it handed over.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <stdexcept>
#include <utility>

#include "router/pcapd/counter.hpp"

namespace vivi::pcapd {

/// A Counter on lan0 and the ticks it handed over.
class Counting {
public:
    explicit Counting(Milliseconds period,
                      Plan plan = {.revision = 1, .interfaces = {"lan0"}, .prefixes = {*parse_ipv4_prefix("10.66.0.1/24")}})
        : counter{
              {}, period, {.tick = [this](const Tick& tick) { return take(tick); }, .alarm = [](const Alarm&) { return true; }}} {
        counter.watch(std::move(plan));
    }

    /// Waits for a tick that `is_it`; sums all of them on the way.
    Tick await(const std::function<bool(const Tick&)>& is_it) {
        std::unique_lock lock{mutex};
        for (;;) {
            if (!arrived.wait_for(lock, std::chrono::seconds{20}, [&] { return !ticks.empty(); }))
                throw std::runtime_error{"no tick came"};
            const auto tick = std::move(ticks.front());
            ticks.pop_front();
            dropped += tick.batch.dropped;
            for (const auto& row : tick.batch.rows) {
                sum.bytes_up += row.bytes_up;
                sum.bytes_down += row.bytes_down;
                sum.packets_up += row.packets_up;
                sum.packets_down += row.packets_down;
                devices.insert(row.device);
            }
            if (is_it(tick)) return tick;
        }
    }
    void await_captured() {
        await([](const Tick& tick) { return !tick.interfaces.empty() && tick.interfaces[0].problem.empty(); });
    }
    void finish() {
        counter.stop();
        await([](const Tick& tick) { return tick.is_last; });
    }

    Counters sum{};
    std::uint64_t dropped = 0;
    std::set<Mac> devices{};

private:
    bool take(const Tick& tick) {
        const std::lock_guard lock{mutex};
        ticks.push_back(tick);
        arrived.notify_one();
        return true;
    }

    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<Tick> ticks;

public:
    Counter counter;  // Last: its thread uses the rest.
};

}  // namespace vivi::pcapd
