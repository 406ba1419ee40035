// The hub's end of vivi-sync/1: hears hello and events, answers welcome and acks, sends decisions. No I/O, no clock.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "common/core/bytes.hpp"
#include "common/sync/frames.hpp"
#include "common/sync/messages.hpp"

namespace vivi::sync {

/// One channel, one session. The caller owns what is durable: it answers Hello with welcome(), stores Events, then calls ack().
///
///     state     | hears                        | may send
///     Waiting   | hello, bye                   | bye
///     Greeted   | ping, bye                    | welcome, bye
///     Running   | events, want, snapshot, ping, pong, bye | ack, config, watch, blob, snapshot, ping, bye
///     Ended     | nothing                      | (bye is sent)
///
/// No protocol that both speak: bye "version". Violations, each answered with bye and the end: events before welcome, a second
/// hello, an unknown or misdirected type, an oversized frame, bad JSON, an epoch that the hello did not announce, a sequence that
/// does not rise within its epoch, more under way than the window.
class HubSession {
public:
    using Message = std::variant<Hello, Events, Want, Snapshot, Pong, Bye>;

    /// Bytes of the channel, cut anywhere. What came before a violation is still delivered.
    Received<Message> receive(BytesView bytes);

    /// Once, after Hello: `durable` has what is committed of each epoch of hello.stored and of hello.epoch (absent: nothing).
    /// `session`: the number of the router's connection (Welcome::session).
    void welcome(std::string router, std::vector<Cursor> durable, std::int64_t session = 0);
    /// Everything of the epoch up to the sequence is committed; cumulative.
    void ack(Cursor cursor);
    void config(std::int64_t revision, std::string document);
    void watch(Seconds duration);
    /// Answered by as many Snapshot as it has parts.
    void ask_for_snapshot();
    /// Answers a Want. Nothing is sent while the channel takes nothing: the router asks again.
    void blob(Blob blob);
    void ping(std::uint64_t token);
    /// Ends the session: nothing is heard or sent afterwards.
    void bye(Bye bye);

    /// What the channel must carry now, in order.
    Bytes take_output();
    bool has_output() const noexcept { return output_.size() > 0; }

    bool is_running() const noexcept { return state_ == State::Running; }
    bool is_ended() const noexcept { return state_ == State::Ended; }

private:
    enum class State : std::uint8_t { Waiting, Greeted, Running, Ended };
    struct Heard {
        Cursor cursor{};
        std::size_t bytes = 0;
    };

    Result<std::optional<Message>> handle(const Frame& frame);
    Result<std::optional<Message>> on_hello(BytesView body);
    Result<std::optional<Message>> on_events(BytesView body);
    Error end(Error why);
    Error end(Error why, std::string_view code);
    void send(BytesView frame);

    State state_ = State::Waiting;
    int protocol_ = protocol_version;
    FrameDecoder decoder_;
    Writer output_;
    std::map<Epoch, std::uint64_t> heard_;  // The highest sequence of each announced epoch in this session.
    std::map<Epoch, std::uint64_t> acked_;
    std::deque<Heard> under_way_;
    std::size_t under_way_bytes_ = 0;
};

}  // namespace vivi::sync
