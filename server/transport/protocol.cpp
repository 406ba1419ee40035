// graphql-transport-ws, message by message.
// SPDX-License-Identifier: Apache-2.0
#include "server/transport/protocol.hpp"

#include <algorithm>

#include "server/graphql/json.hpp"
#include "server/transport/over_http.hpp"

namespace vivi::transport {
namespace {

using graphql::Fields;

/// RFC 6455 section 5.5: a control frame carries 125 bytes, two of them the code. Never cut within a character.
std::string fit_reason(std::string reason) {
    constexpr std::size_t most = 123;
    if (reason.size() <= most) return reason;
    auto end = most;
    while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xc0) == 0x80) --end;
    reason.resize(end);
    return reason;
}

std::string envelope(std::string_view id, std::string_view type) {
    std::string text = "{\"id\":";
    graphql::append_json_string(text, id);
    text += ",\"type\":\"";
    text += type;
    return text + "\"";
}

/// A payload of connection_init, ping and pong: an object, null or nothing.
bool has_fit_payload(const Fields& message) { return message["payload"].is_null() || message["payload"].is_fields(); }

std::optional<std::string_view> id_of(const Fields& message) {
    const auto& id = message["id"];
    if (!id.is_text() || id.text().empty()) return std::nullopt;
    return id.text();
}

}  // namespace

std::vector<Protocol::Live>::iterator Protocol::find(Number number) { return std::ranges::find(live_, number, &Live::number); }
std::vector<Protocol::Live>::iterator Protocol::find(std::string_view id) { return std::ranges::find(live_, id, &Live::id); }

std::vector<Protocol::Action> Protocol::close(std::uint16_t code, std::string reason) {
    state_ = State::Closed;
    std::vector<Action> actions;
    for (const auto& [number, id] : live_) actions.push_back(Stop{number});
    live_.clear();
    actions.push_back(Close{code, fit_reason(std::move(reason))});
    return actions;
}

std::vector<Protocol::Action> Protocol::receive(std::string_view text) {
    if (is_closed()) return {};
    const auto json = graphql::parse_json(text);
    if (!json || !json->is_fields()) return invalid();
    const auto& message = json->fields();
    if (!message["type"].is_text()) return invalid();
    const auto type = message["type"].text();
    if (type == "connection_init") return initialise(message);
    if (type == "subscribe") return subscribe(message);
    if (type == "complete") return complete(message);
    if (type == "ping") {
        if (!has_fit_payload(message)) return invalid();
        if (!message.has("payload")) return {Send{R"({"type":"pong"})"}};
        return {Send{R"({"type":"pong","payload":)" + graphql::to_json(message["payload"]) + "}"}};
    }
    if (type == "pong") return has_fit_payload(message) ? std::vector<Action>{} : invalid();
    return invalid();
}

std::vector<Protocol::Action> Protocol::initialise(const Fields& message) {
    if (!has_fit_payload(message)) return invalid();
    if (state_ != State::New) return close(4429, "Too many initialisation requests");
    state_ = State::Asked;
    return {Initialise{message["payload"]}};
}

std::vector<Protocol::Action> Protocol::accept() {
    if (state_ != State::Asked) return {};
    state_ = State::Ready;
    return {Send{R"({"type":"connection_ack"})"}};
}

std::vector<Protocol::Action> Protocol::reject() {
    if (state_ != State::Asked) return {};
    return close(4403, "Forbidden");
}

std::vector<Protocol::Action> Protocol::revoke() {
    if (is_closed()) return {};
    return close(4403, "Forbidden");
}

std::vector<Protocol::Action> Protocol::subscribe(const Fields& message) {
    const auto id = id_of(message);
    auto request = read_parameters(message["payload"]);
    if (!id || !request) return invalid();
    if (state_ != State::Ready) return close(4401, "Unauthorized");
    if (find(*id) != live_.end()) return close(4409, "Subscriber for " + std::string{*id} + " already exists");
    if (live_.size() >= options_.operations) {
        const std::vector<graphql::RequestError> errors{
            {"More than " + std::to_string(options_.operations) + " operations at once on one socket.",
             {},
             "TOO_MANY_OPERATIONS"}};
        return {Send{envelope(*id, "error") + ",\"payload\":" + graphql::render_errors(errors) + "}"}};
    }
    const auto number = ++last_number_;
    live_.push_back({number, std::string{*id}});
    return {Start{number, *std::move(request)}};
}

std::vector<Protocol::Action> Protocol::complete(const Fields& message) {
    const auto id = id_of(message);
    if (!id) return invalid();
    const auto found = find(*id);
    if (found == live_.end()) return {};  // Both ends may have ended it at the same moment.
    const auto number = found->number;
    live_.erase(found);
    return {Stop{number}};
}

std::vector<Protocol::Action> Protocol::next(Number number, const std::shared_ptr<const graphql::Response>& response) {
    const auto found = find(number);
    if (found == live_.end()) return {};
    return {Send{.head = envelope(found->id, "next") + ",\"payload\":",
                 .body = std::shared_ptr<const std::string>{response, &response->body},
                 .tail = "}"}};
}

std::vector<Protocol::Action> Protocol::error(Number number, const std::string& errors) {
    const auto found = find(number);
    if (found == live_.end()) return {};
    const auto id = std::move(found->id);
    live_.erase(found);
    return {Send{envelope(id, "error") + ",\"payload\":" + errors + "}"}};
}

std::vector<Protocol::Action> Protocol::complete(Number number) {
    const auto found = find(number);
    if (found == live_.end()) return {};
    const auto id = std::move(found->id);
    live_.erase(found);
    return {Send{envelope(id, "complete") + "}"}};
}

std::optional<Instant> Protocol::next_deadline() const {
    if (state_ != State::New) return std::nullopt;
    return init_deadline_;
}

std::vector<Protocol::Action> Protocol::expire(Instant now) {
    if (state_ != State::New || now < init_deadline_) return {};
    return close(4408, "Connection initialisation timeout");
}

}  // namespace vivi::transport
