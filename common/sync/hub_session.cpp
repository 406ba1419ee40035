// The hub's end of vivi-sync/1: states, checks, output.
// SPDX-License-Identifier: Apache-2.0
#include "common/sync/hub_session.hpp"

#include <algorithm>
#include <cassert>

namespace vivi::sync {

Received<HubSession::Message> HubSession::receive(BytesView bytes) {
    Received<Message> received;
    if (is_ended()) return received;
    decoder_.feed(bytes);
    while (!is_ended()) {
        const auto frame = decoder_.next();
        if (frame && !*frame) break;
        auto message = frame ? handle(**frame) : std::unexpected{frame.error()};
        if (!message) {
            // Ended already where it has a code of its own.
            received.ended = is_ended() ? std::move(message).error() : end(std::move(message).error());
            break;
        }
        if (!*message) continue;
        received.messages.push_back(*std::move(*message));
        if (const auto* bye = std::get_if<Bye>(&received.messages.back())) {
            state_ = State::Ended;
            received.ended = Error{Code::Unavailable, "the router said bye: " + bye->code + ": " + bye->detail};
        }
    }
    return received;
}

Result<std::optional<HubSession::Message>> HubSession::handle(const Frame& frame) {
    if (state_ == State::Waiting && frame.type != Type::Hello && frame.type != Type::Bye)
        return failed(Code::Invalid, std::string{to_string(frame.type)} + ": before hello");
    switch (frame.type) {
        case Type::Hello: return on_hello(frame.body);
        case Type::Events: return on_events(frame.body);
        case Type::Ping: {
            const auto token = parse_token(frame.body);
            if (!token) return std::unexpected{token.error()};
            if (output_.size() > max_output_bytes) return failed(Code::Overflow, "output: the channel takes nothing");
            output_.put(serialize(Pong{*token}));
            return std::nullopt;
        }
        case Type::Pong: {
            const auto token = parse_token(frame.body);
            if (!token) return std::unexpected{token.error()};
            return Message{Pong{*token}};
        }
        case Type::Want: {
            if (!is_running()) return failed(Code::Invalid, "want: before welcome");
            auto want = parse_want(frame.body);
            if (!want) return std::unexpected{std::move(want).error()};
            return Message{*std::move(want)};
        }
        case Type::Snapshot: {
            if (!is_running()) return failed(Code::Invalid, "snapshot: before welcome");
            auto snapshot = parse_snapshot(frame.body);
            if (!snapshot) return std::unexpected{std::move(snapshot).error()};
            return Message{*std::move(snapshot)};
        }
        case Type::Bye: {
            auto bye = parse_bye(frame.body);
            if (!bye) return std::unexpected{std::move(bye).error()};
            return Message{*std::move(bye)};
        }
        case Type::Welcome:
        case Type::Ack:
        case Type::Config:
        case Type::Watch:
        case Type::Blob: break;
    }
    return failed(Code::Invalid, std::string{to_string(frame.type)} + ": not for a hub");
}

Result<std::optional<HubSession::Message>> HubSession::on_hello(BytesView body) {
    if (state_ != State::Waiting) return failed(Code::Invalid, "hello: a second one");
    auto hello = parse_hello(body);
    if (!hello) return std::unexpected{std::move(hello).error()};
    if (hello->protocol < lowest_protocol_version)
        return std::unexpected{
            end({Code::Invalid, "hello: protocol " + std::to_string(hello->protocol) + " is not spoken any more"}, "version")};
    protocol_ = std::min(hello->protocol, protocol_version);
    heard_.emplace(hello->epoch, 0);
    for (const auto& range : hello->stored) heard_.emplace(range.epoch, 0);
    state_ = State::Greeted;
    return Message{*std::move(hello)};
}

Result<std::optional<HubSession::Message>> HubSession::on_events(BytesView body) {
    if (!is_running()) return failed(Code::Invalid, "events: before welcome");
    auto events = parse_events(body);
    if (!events) return std::unexpected{std::move(events).error()};
    for (const auto& entry : events->entries) {
        const auto last = heard_.find(entry.epoch);
        if (last == heard_.end()) return failed(Code::Invalid, "events: epoch " + to_string(entry.epoch) + " was not announced");
        if (entry.sequence <= last->second)
            return failed(Code::Invalid,
                          "events: sequence " + std::to_string(entry.sequence) + " after " + std::to_string(last->second));
        last->second = entry.sequence;
        const auto size = wire_size(entry);
        under_way_.push_back({.cursor = {.epoch = entry.epoch, .sequence = entry.sequence}, .bytes = size});
        under_way_bytes_ += size;
    }
    if (under_way_.size() > window_entries || under_way_bytes_ > window_bytes)
        return failed(Code::Overflow, "events: more under way than the window allows");
    return Message{*std::move(events)};
}

void HubSession::send(BytesView frame) {
    if (!is_ended()) output_.put(frame);
}

void HubSession::welcome(std::string router, std::vector<Cursor> durable, std::int64_t session) {
    if (is_ended()) return;
    assert(state_ == State::Greeted && "welcome answers hello, once");
    send(serialize(
        Welcome{.protocol = protocol_, .router = std::move(router), .durable = std::move(durable), .session = session}));
    state_ = State::Running;
}

void HubSession::ack(Cursor cursor) {
    if (!is_running()) return;
    send(serialize(Ack{cursor}));
    auto& acked = acked_[cursor.epoch];
    acked = std::max(acked, cursor.sequence);
    // As the router counts: an epoch acked before an older one waits behind it.
    while (!under_way_.empty()) {
        const auto& first = under_way_.front();
        const auto known = acked_.find(first.cursor.epoch);
        if (known == acked_.end() || first.cursor.sequence > known->second) break;
        under_way_bytes_ -= first.bytes;
        under_way_.pop_front();
    }
}

void HubSession::config(std::int64_t revision, std::string document) {
    if (is_running()) send(serialize(Config{.revision = revision, .document = std::move(document)}));
}

void HubSession::watch(Seconds duration) {
    if (is_running()) send(serialize(Watch{duration}));
}

void HubSession::ask_for_snapshot() {
    if (is_running()) send(serialize(SnapshotWanted{}));
}

void HubSession::blob(Blob blob) {
    if (is_running() && output_.size() <= max_output_bytes) send(serialize(blob));
}

void HubSession::ping(std::uint64_t token) { send(serialize_ping(token)); }

void HubSession::bye(Bye bye) {
    send(serialize(bye));
    state_ = State::Ended;
}

Error HubSession::end(Error why) {
    const auto code = to_string(why.code);
    return end(std::move(why), code);
}

Error HubSession::end(Error why, std::string_view code) {
    bye({.code = std::string{code}, .detail = why.detail});
    return why;
}

Bytes HubSession::take_output() { return output_.take_bytes(); }

}  // namespace vivi::sync
