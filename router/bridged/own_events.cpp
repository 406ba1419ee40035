// The bridge's own events.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/own_events.hpp"

#include <nlohmann/json.hpp>

#include "common/runtime/clock.hpp"

namespace vivi::bridged {
namespace {

Record record_of(std::string_view topic, const nlohmann::json& members, model::Producer from, WallTime at) {
    auto body = model::to_json(model::Envelope{.at = at, .from = from});
    body.update(members);
    return {.topic = std::string{topic},
            .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
            .from = std::move(from)};
}

}  // namespace

void OwnEvents::add(std::string_view topic, nlohmann::json members, StateFields also) {
    auto record = record_of(topic, members, {.instance = instance_, .number = ++number_}, wall_now());
    waiting_.push_back({.record = std::move(record), .also = std::move(also)});
    if (waiting_.size() > most_waiting) {
        waiting_.pop_front();
        ++dropped_;
    }
    added_.notify();
}

void OwnEvents::drop_up_to(std::uint64_t number) {
    while (!waiting_.empty() && waiting_.front().record.from.number <= number) waiting_.pop_front();
}

Record OwnEvents::for_outbox(std::string_view topic, nlohmann::json members, WallTime at) {
    return record_of(topic, members, {.instance = instance_ + "-outbox", .number = ++outbox_number_}, at);
}

Record OwnEvents::for_bus(std::string_view topic, nlohmann::json members) {
    return record_of(topic, members, {.instance = instance_ + "-bus", .number = ++bus_number_}, wall_now());
}

}  // namespace vivi::bridged
