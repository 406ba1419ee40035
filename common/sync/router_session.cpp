// The router's end of vivi-sync/1: states, window, output.
// SPDX-License-Identifier: Apache-2.0
#include "common/sync/router_session.hpp"

#include <algorithm>
#include <cassert>
#include <string>

namespace vivi::sync {
namespace {

/// Entries are packed into frames of about this size, so that an ack frees the window in steps and a cut loses little.
constexpr std::size_t events_frame_bytes = 256 << 10;

}  // namespace

RouterSession::RouterSession(Hello hello) : hello_{std::move(hello)} {
    sent_.emplace(hello_.epoch, 0);
    for (const auto& range : hello_.stored) sent_.emplace(range.epoch, 0);
    output_.put(serialize(hello_));
}

Received<RouterSession::Message> RouterSession::receive(BytesView bytes) {
    Received<Message> received;
    if (is_ended()) return received;
    decoder_.feed(bytes);
    while (!is_ended()) {
        const auto frame = decoder_.next();
        if (frame && !*frame) break;
        auto message = frame ? handle(**frame) : std::unexpected{frame.error()};
        if (!message) {
            received.ended = end(std::move(message).error());
            break;
        }
        if (!*message) continue;
        received.messages.push_back(*std::move(*message));
        if (const auto* bye = std::get_if<Bye>(&received.messages.back())) {
            state_ = State::Ended;
            received.ended = Error{Code::Unavailable, "the hub said bye: " + bye->code + ": " + bye->detail};
        }
    }
    return received;
}

Result<std::optional<RouterSession::Message>> RouterSession::handle(const Frame& frame) {
    const auto as_message = [](auto parsed) -> Result<std::optional<Message>> {
        if (!parsed) return std::unexpected{std::move(parsed).error()};
        return Message{*std::move(parsed)};
    };
    const bool may_decide = is_running();
    switch (frame.type) {
        case Type::Welcome: return on_welcome(frame.body);
        case Type::Ack:
            if (may_decide) return on_ack(frame.body);
            break;
        case Type::Config:
            if (may_decide) return as_message(parse_config(frame.body));
            break;
        case Type::Watch:
            if (may_decide) return as_message(parse_watch(frame.body));
            break;
        case Type::Pong: {
            const auto token = parse_token(frame.body);
            if (!token) return std::unexpected{token.error()};
            return Message{Pong{*token}};
        }
        case Type::Ping: {
            const auto token = parse_token(frame.body);
            if (!token) return std::unexpected{token.error()};
            if (output_.size() > max_output_bytes) return failed(Code::Overflow, "output: the stream takes nothing");
            output_.put(serialize(Pong{*token}));
            return std::nullopt;
        }
        case Type::Bye: return as_message(parse_bye(frame.body));
        case Type::Blob:
            if (may_decide) return as_message(parse_blob(frame.body));
            break;
        case Type::Snapshot:
            if (may_decide) return as_message(parse_snapshot_wanted(frame.body));
            break;
        case Type::Hello:
        case Type::Events:
        case Type::Want: return failed(Code::Invalid, std::string{to_string(frame.type)} + ": not for a router");
    }
    return failed(Code::Invalid, std::string{to_string(frame.type)} + ": before welcome");
}

Result<std::optional<RouterSession::Message>> RouterSession::on_welcome(BytesView body) {
    if (is_running()) return failed(Code::Invalid, "welcome: a second one");
    auto welcome = parse_welcome(body);
    if (!welcome) return std::unexpected{std::move(welcome).error()};
    if (welcome->protocol < lowest_protocol_version || welcome->protocol > hello_.protocol)
        return failed(Code::Invalid, "welcome: protocol " + std::to_string(welcome->protocol) + " was not offered");
    for (const auto& cursor : welcome->durable) {
        const auto known = sent_.find(cursor.epoch);
        if (known == sent_.end())
            return failed(Code::Invalid, "welcome: epoch " + to_string(cursor.epoch) + " was not announced");
        known->second = cursor.sequence;
    }
    state_ = State::Running;
    return Message{*std::move(welcome)};
}

Result<std::optional<RouterSession::Message>> RouterSession::on_ack(BytesView body) {
    const auto ack = parse_ack(body);
    if (!ack) return std::unexpected{ack.error()};
    const auto sent = sent_.find(ack->cursor.epoch);
    if (sent == sent_.end() || ack->cursor.sequence > sent->second)
        return failed(Code::Invalid, "ack: of sequence " + std::to_string(ack->cursor.sequence) + ", which was not sent");
    auto& acked = acked_[ack->cursor.epoch];
    acked = std::max(acked, ack->cursor.sequence);
    release();
    return Message{*ack};
}

void RouterSession::release() {
    // An epoch acked before an older one waits behind it here: the window is one queue in sending order.
    while (!under_way_.empty()) {
        const auto& first = under_way_.front();
        const auto acked = acked_.find(first.cursor.epoch);
        if (acked == acked_.end() || first.cursor.sequence > acked->second) break;
        under_way_bytes_ -= first.bytes;
        under_way_.pop_front();
    }
}

bool RouterSession::has_room() const noexcept {
    // One entry may go above the byte bound only when nothing is under way; no entry is larger than a frame, so it never does.
    return is_running() && under_way_.size() < window_entries && under_way_bytes_ < window_bytes;
}

std::size_t RouterSession::offer(std::span<const Entry> entries) {
    Writer body;
    const auto flush = [&] {
        if (body.size() > 0) output_.put(serialize_frame(Type::Events, body.view()));
        body.take_bytes();
    };
    std::size_t taken = 0;
    for (const auto& entry : entries) {
        const auto sent = sent_.find(entry.epoch);
        assert(sent != sent_.end() && "the hello announces every epoch");
        const auto size = wire_size(entry);
        if (!has_room() || under_way_bytes_ + size > window_bytes) break;
        ++taken;
        if (entry.sequence <= sent->second) continue;
        if (body.size() > 0 && body.size() + size > events_frame_bytes) flush();
        append(body, entry);
        sent->second = entry.sequence;
        under_way_.push_back({.cursor = {.epoch = entry.epoch, .sequence = entry.sequence}, .bytes = size});
        under_way_bytes_ += size;
    }
    flush();
    return taken;
}

void RouterSession::want(const Want& want) {
    if (is_running()) output_.put(serialize(want));
}

void RouterSession::snapshot(const Snapshot& part) {
    if (is_running()) output_.put(serialize(part));
}

void RouterSession::ping(std::uint64_t token) {
    if (!is_ended()) output_.put(serialize_ping(token));
}

void RouterSession::bye(Bye bye) {
    if (is_ended()) return;
    output_.put(serialize(bye));
    state_ = State::Ended;
}

Error RouterSession::end(Error why) {
    bye({.code = std::string{to_string(why.code)}, .detail = why.detail});
    return why;
}

Bytes RouterSession::take_output() { return output_.take_bytes(); }

}  // namespace vivi::sync
