// Topics to handlers.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/hearing.hpp"

#include <algorithm>

#include "common/model/fields.hpp"
#include "common/runtime/clock.hpp"
#include "common/runtime/log.hpp"
#include "router/state/keys.hpp"

namespace vivi::dnsd {
namespace {

constexpr Milliseconds between_looks{5'000};
constexpr Milliseconds between_tries{500};  ///< While Redis is away.
constexpr Seconds longest_watch{3'600};

}  // namespace

std::vector<std::string> heard_topics() {
    return {std::string{model::topic::config_changed}, std::string{model::topic::policy_changed},
            std::string{model::topic::watch_changed}, "dhcp.lease.*"};
}

Task<> Hearing::hear(bus::Subscriber& bus) {
    for (;;) {
        const auto deliveries = co_await bus.next(500);
        for (const auto& delivery : deliveries) take(delivery.message);
        if (!deliveries.empty()) bus.acknowledge(deliveries.back().tag);  // Wake-ups only: Redis and the files have the nouns.
    }
}

void Hearing::take(const bus::Message& message) {
    if (message.topic == model::topic::config_changed) {
        handlers_.configuration();
        handlers_.policy();
    } else if (message.topic == model::topic::policy_changed) {
        handlers_.policy();
    } else if (message.topic == model::topic::watch_changed) {
        const auto json = model::parse_json(message.body);
        const auto seconds = json && json->is_object() ? json->value("seconds", model::Json{}) : model::Json{};
        if (seconds.is_number_integer())
            set_watch(Seconds{seconds.get<std::int64_t>()});
        else
            log::warn("bus.message.invalid", {{"topic", message.topic}, {"reason", "seconds must be a whole number"}});
    } else {
        handlers_.leases();
    }
}

Task<> Hearing::look(store::Store& store) {
    for (;;) {
        store::Command command{"TTL", state::key::watch.text()};
        const auto reply = co_await store.run(std::move(command));
        // Negative: nobody looks, or Redis knows no end. The event may be ahead of the key, so absence ends nothing.
        if (reply && reply->kind == store::Reply::Kind::Integer && reply->integer > 0) {
            const Seconds seconds{reply->integer};
            if (watched_until_ < now() + seconds) set_watch(seconds);
        }
        co_await after(reply ? between_looks : between_tries);
    }
}

void Hearing::set_watch(Seconds seconds) {
    watched_until_ = now() + std::clamp(seconds, Seconds{0}, longest_watch);
    handlers_.watch();
}

}  // namespace vivi::dnsd
