// Numbering and bounds.
// SPDX-License-Identifier: Apache-2.0
#include "router/state/outgoing_events.hpp"

#include <utility>

namespace vivi::state {

void OutgoingEvents::add(std::string_view topic, model::Json members, WallTime at) {
    auto text = members.dump();
    bytes_ += text.size();
    events_.push_back({std::string{topic}, std::move(text), at});
    while (events_.size() > 1 && (events_.size() > limits_.events || bytes_ > limits_.bytes)) {
        bytes_ -= events_.front().members.size();
        events_.pop_front();
        ++dropped_;
    }
}

const std::vector<bus::Message>& OutgoingEvents::next() {
    if (!under_way_.empty()) return under_way_;
    for (; under_way_.size() < limits_.at_once && !events_.empty(); events_.pop_front()) {
        auto& event = events_.front();
        bytes_ -= event.members.size();
        auto body =
            model::to_json(model::Envelope{.at = event.at, .from = {.instance = instance_, .number = ++last_number_}}).dump();
        // Two objects become one: "{…}" and "{…}".
        if (event.members.size() > 2) {
            body.back() = ',';
            body.append(event.members, 1);
        }
        under_way_.push_back({.topic = std::move(event.topic), .body = std::move(body)});
    }
    return under_way_;
}

}  // namespace vivi::state
