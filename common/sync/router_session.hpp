// The router's end of vivi-sync/1: says hello, sends entries within the window, hears acks and decisions. No I/O, no clock.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <variant>

#include "common/core/bytes.hpp"
#include "common/sync/frames.hpp"
#include "common/sync/messages.hpp"

namespace vivi::sync {

/// One stream, one session: when the stream ends a new one begins with hello, and the hub says what it has.
///
///     state     | hears                                   | may send
///     Greeting  | welcome, ping, bye                      | (hello is sent)
///     Running   | ack, config, watch, blob, snapshot, ping, pong, bye | events, want, snapshot, ping
///     Ended     | nothing                                 | (bye is sent)
class RouterSession {
public:
    using Message = std::variant<Welcome, Ack, Config, Watch, Blob, SnapshotWanted, Pong, Bye>;

    /// Its first output is the hello.
    explicit RouterSession(Hello hello);

    /// Bytes of the stream, cut anywhere. A violation puts a bye into the output and ends the session.
    Received<Message> receive(BytesView bytes);

    /// Entries in outbox order, sequence rising in each epoch. Takes as many as the window allows and returns how many: 0 before
    /// the welcome, at the bound, and after the end. Entries the hub has, or that this session sent, are taken and not sent.
    /// An entry whose body is above max_entry_body(), or whose epoch the hello did not announce, is a bug of the caller (assert).
    std::size_t offer(std::span<const Entry> entries);

    /// Asks for a list's next bytes; nothing happens before the welcome.
    void want(const Want& want);
    /// A part of the answer to SnapshotWanted; nothing happens before the welcome.
    void snapshot(const Snapshot& part);
    void ping(std::uint64_t token);
    /// Ends the session: nothing is heard or sent afterwards.
    void bye(Bye bye);

    /// What the stream must carry now, in order.
    Bytes take_output();
    bool has_output() const noexcept { return output_.size() > 0; }

    bool is_running() const noexcept { return state_ == State::Running; }
    bool is_ended() const noexcept { return state_ == State::Ended; }
    /// What is under way beyond the last ack.
    std::size_t unacknowledged_entries() const noexcept { return under_way_.size(); }
    std::size_t unacknowledged_bytes() const noexcept { return under_way_bytes_; }
    /// The oldest sequence under way; nothing when every entry that offer() took is durable at the hub.
    std::optional<std::uint64_t> first_unacknowledged() const noexcept {
        if (under_way_.empty()) return std::nullopt;
        return under_way_.front().cursor.sequence;
    }
    /// Whether offer() would take an entry now.
    bool has_room() const noexcept;

private:
    enum class State : std::uint8_t { Greeting, Running, Ended };
    struct Sent {
        Cursor cursor{};
        std::size_t bytes = 0;
    };

    Result<std::optional<Message>> handle(const Frame& frame);
    Result<std::optional<Message>> on_welcome(BytesView body);
    Result<std::optional<Message>> on_ack(BytesView body);
    Error end(Error why);
    void release();

    Hello hello_;
    State state_ = State::Greeting;
    FrameDecoder decoder_;
    Writer output_;
    std::map<Epoch, std::uint64_t> sent_;  // The highest sequence sent or known durable; one for each announced epoch.
    std::map<Epoch, std::uint64_t> acked_;
    std::deque<Sent> under_way_;
    std::size_t under_way_bytes_ = 0;
};

}  // namespace vivi::sync
