// Orders for the capture thread.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/watcher.hpp"

#include <algorithm>
#include <utility>

#include "common/model/fields.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/state/keys.hpp"

namespace vivi::pcapd {
namespace {

constexpr Milliseconds between_looks{5'000};
constexpr Milliseconds between_tries{500};  ///< While Redis is away.

Result<Seconds> watched_seconds(const std::string& body) {
    const auto json = model::parse_json(body, bus::max_body_bytes);
    if (!json) return std::unexpected{json.error()};
    model::Fields in{*json, ""};
    const Seconds seconds{in.integer("seconds")};
    if (!in.ok()) return failed(Code::Invalid, in.problems());
    return seconds;
}

}  // namespace

Plan plan_of(const model::Configuration& configuration, const std::string& interface) {
    Plan plan{.revision = configuration.revision};
    for (const auto& network : configuration.networks) {
        plan.prefixes.push_back(network.address);
        const auto device = model::device_name(network);
        if (interface.empty() && std::ranges::find(plan.interfaces, device) == plan.interfaces.end())
            plan.interfaces.push_back(device);
        plan.tagged.push_back(device);
    }
    if (!interface.empty()) plan.interfaces.push_back(interface);
    plan.tagged.push_back(model::device_name(configuration.uplink));
    if (model::topology(configuration) == model::Topology::OneArmed) plan.next_hop = configuration.uplink.gateway;
    return plan;
}

Watcher::Watcher(const net::any_io_executor& executor, Counter& counter, state::LiveConfiguration& live, PolicyWatch& policy,
                 std::string interface)
    : counter_{counter}, live_{live}, policy_{policy}, interface_{std::move(interface)}, changed_{executor, Instant::max()} {}

Task<> Watcher::follow_configuration() {
    if (!interface_.empty() && !live_.current())
        counter_.watch(Plan{.interfaces = {interface_}});  // Counting needs no decisions.
    for (std::uint64_t seen = 0;;) {
        seen = co_await live_.changed(seen);
        const auto& configuration = *live_.current();
        monitoring_ = configuration.monitoring;
        changed_.cancel();
        counter_.watch(plan_of(configuration, interface_));
        policy_.wake();
    }
}

Task<> Watcher::hear(bus::Subscriber& bus) {
    for (;;) {
        const auto deliveries = co_await bus.next(100);
        for (const auto& delivery : deliveries) {
            if (delivery.message.topic != model::topic::watch_changed) {
                live_.wake();
                policy_.wake();
            } else if (const auto seconds = watched_seconds(delivery.message.body)) {
                set_watch(*seconds);
            } else {
                log::warn("bus.message.invalid", {{"topic", delivery.message.topic}, {"reason", seconds.error().detail}});
            }
        }
        if (!deliveries.empty()) bus.acknowledge(deliveries.back().tag);
    }
}

Task<> Watcher::look(store::Store& store) {
    for (;;) {
        store::Command command{"TTL", state::key::watch.text()};
        const auto reply = co_await store.run(std::move(command));
        // Negative: nobody looks, or Redis knows no end. The event may be ahead of the key, so absence ends nothing.
        if (reply && reply->kind == store::Reply::Kind::Integer && reply->integer > 0) {
            const auto until = vivi::now() + Seconds{reply->integer};
            if (!watch_.until() || *watch_.until() < until) set_watch(Seconds{reply->integer});
        }
        co_await after(reply ? between_looks : between_tries);
    }
}

Task<> Watcher::keep_period() {
    for (Milliseconds in_force{};;) {
        const auto now = vivi::now();
        const bool watched = watch_.is_on(now);
        const auto period = watched ? monitoring_.watched_tick : monitoring_.tick;
        if (period != std::exchange(in_force, period)) {
            log::debug("tick.changed", {{"period_ms", period.count()}, {"watched", watched}});
            counter_.set_period(period);
        }
        changed_.expires_at(watched ? *watch_.until() : Instant::max());
        [[maybe_unused]] const auto woken = co_await changed_.async_wait(as_value);
    }
}

bool Watcher::is_watched() const { return watch_.is_on(vivi::now()); }

void Watcher::set_watch(Seconds seconds) {
    watch_.set(seconds, vivi::now());
    changed_.cancel();
}

}  // namespace vivi::pcapd
