// Frames of vivi-sync/1: cutting a byte stream into them, and the bytes of each message (docs/protocol.md section 3).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/result.hpp"
#include "common/sync/messages.hpp"

namespace vivi::sync {

/// Length counts the type and the body.
///
///      0               1               2               3               4
///     +---------------+---------------+---------------+---------------+---------------+-----------
///     |               length (u32, big-endian, 1..1 MiB)              |     type      |  body …
///     +---------------+---------------+---------------+---------------+---------------+-----------
inline constexpr std::size_t max_frame_bytes = 1 << 20;

enum class Type : std::uint8_t {
    Hello = 1,
    Welcome = 2,
    Events = 3,
    Ack = 4,
    Config = 5,
    Watch = 6,
    Ping = 7,
    Pong = 8,
    Blob = 9,
    Snapshot = 10,  ///< Asked for by the hub (no body), answered by the router.
    Want = 11,
    Bye = 15,
};

std::string_view to_string(Type type) noexcept;

struct Frame {
    Type type = Type::Bye;
    BytesView body{};  ///< Into the decoder; valid until its next feed().
};

/// Cuts a stream into frames. Holds at most one unfinished frame beyond what feed() was given.
class FrameDecoder {
public:
    void feed(BytesView bytes);

    /// The next whole frame; nothing when more bytes are needed. Overflow for a length above the bound, Invalid for length 0 or
    /// an unknown type, both seen before the body arrives. After an error the stream cannot be trusted: stop.
    Result<std::optional<Frame>> next();

private:
    Bytes buffer_;
    std::size_t consumed_ = 0;
};

/// How many bytes an entry takes in an events frame; what the flow window counts.
std::size_t wire_size(const Entry& entry) noexcept;
/// The largest body that fits into a frame of its own under `topic`.
std::size_t max_entry_body(std::string_view topic) noexcept;
/// Appends the entry: 16 bytes epoch, u64 sequence, u16 length + topic, u32 length + body.
void append(Writer& out, const Entry& entry);

// A whole frame each. The entries of `Events` must fit into one frame (precondition).
Bytes serialize(const Hello& hello);
Bytes serialize(const Welcome& welcome);
Bytes serialize(const Events& events);
Bytes serialize(const Ack& ack);
/// `document` must be JSON text (precondition: the hub reads it from a jsonb column).
Bytes serialize(const Config& config);
Bytes serialize(const Watch& watch);
Bytes serialize(const Want& want);
/// 32 bytes SHA-256, u64 offset, u64 size, chunk. The chunk has at most max_chunk_bytes (precondition).
Bytes serialize(const Blob& blob);
Bytes serialize(SnapshotWanted wanted);
/// 16 bytes epoch, u64 sequence, u16 part, u16 parts, JSON. It must fit into a frame (precondition: max_snapshot_state).
Bytes serialize(const Snapshot& snapshot);
inline constexpr std::size_t max_snapshot_state = max_frame_bytes - 1 - 28;
Bytes serialize_ping(std::uint64_t token);
Bytes serialize(const Pong& pong);
Bytes serialize(const Bye& bye);
/// A frame of one type around a body that is ready.
Bytes serialize_frame(Type type, BytesView body);

// The bodies. Unknown JSON members are ignored.
Result<Hello> parse_hello(BytesView body);
Result<Welcome> parse_welcome(BytesView body);
/// At least one entry; sequence 0 and an empty topic are refused.
Result<Events> parse_events(BytesView body);
Result<Ack> parse_ack(BytesView body);
Result<Config> parse_config(BytesView body);
Result<Watch> parse_watch(BytesView body);
Result<Want> parse_want(BytesView body);
Result<Blob> parse_blob(BytesView body);
Result<SnapshotWanted> parse_snapshot_wanted(BytesView body);
Result<Snapshot> parse_snapshot(BytesView body);
/// Ping and pong: one u64.
Result<std::uint64_t> parse_token(BytesView body);
Result<Bye> parse_bye(BytesView body);

}  // namespace vivi::sync
