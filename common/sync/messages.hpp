// What bridge and hub say to each other in vivi-sync/1, as values (docs/protocol.md section 3).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.hpp"
#include "common/core/time.hpp"

namespace vivi::sync {

inline constexpr int protocol_version = 1;
/// The oldest that is still spoken. Both sides go by the highest that both speak: the router names its own in the hello, the hub
/// chooses and says so in the welcome.
inline constexpr int lowest_protocol_version = 1;

/// A life of the router's store: random, new at each kernel boot and whenever the store was lost. Text form: 32 hexadecimal
/// digits.
struct Epoch {
    std::array<std::byte, 16> octets{};
    auto operator<=>(const Epoch&) const = default;
};

std::string to_string(const Epoch& epoch);
std::optional<Epoch> parse_epoch(std::string_view text);

/// Everything of `epoch` up to and including `sequence`. Sequences start at 1: 0 means nothing yet.
struct Cursor {
    Epoch epoch{};
    std::uint64_t sequence = 0;
    auto operator<=>(const Cursor&) const = default;
};

/// What the outbox still holds of one epoch.
struct StoredRange {
    Epoch epoch{};
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    auto operator<=>(const StoredRange&) const = default;
};

/// The router's first word: who it is and what it has to tell.
struct Hello {
    int protocol = protocol_version;    ///< The highest it speaks.
    std::string software{};             ///< "vivi-bridged 0.1.0"
    std::string boot_id{};              ///< /proc/sys/kernel/random/boot_id
    std::string custody{};              ///< Of the configuration in force; empty before the first.
    Epoch epoch{};                      ///< Under which new entries are written.
    std::vector<StoredRange> stored{};  ///< Every epoch the outbox holds, oldest first.
    /// What a hub has acknowledged and is out of the outbox, of this epoch and of those before it: `first` is where the epoch
    /// began.
    std::vector<StoredRange> acknowledged{};
    std::int64_t applied_revision = 0;  ///< 0: none.
    bool operator==(const Hello&) const = default;
};

/// The hub's first word: what of each stored epoch (and of the current one) it has durably.
struct Welcome {
    int protocol = protocol_version;  ///< Which both speak from here on.
    std::string router{};             ///< The router's id on the server.
    std::vector<Cursor> durable{};
    /// Rises with each connection of the router to a hub; 0: the hub does not say. The same number, the same connection.
    std::int64_t session = 0;
    bool operator==(const Welcome&) const = default;
};

/// One event of the outbox; the body is opaque here and decoded once, at ingest.
struct Entry {
    Epoch epoch{};
    std::uint64_t sequence = 0;
    std::string topic{};
    std::string body{};
    bool operator==(const Entry&) const = default;
};

struct Events {
    std::vector<Entry> entries{};
    bool operator==(const Events&) const = default;
};

struct Ack {
    Cursor cursor{};
    bool operator==(const Ack&) const = default;
};

struct Config {
    std::int64_t revision = 0;
    std::string document{};  ///< JSON text; what it means is the receiver's business.
    bool operator==(const Config&) const = default;
};

/// Somebody looks at this router for so long; 0: nobody.
struct Watch {
    Seconds duration{};
    bool operator==(const Watch&) const = default;
};

/// The router has not the text of a list that its configuration names, or only its first `offset` bytes.
struct Want {
    std::string sha256{};  ///< 64 hexadecimal digits, lower case.
    std::uint64_t offset = 0;
    bool operator==(const Want&) const = default;
};

/// The answer to one Want: the next bytes. The router asks again for what follows, so that nothing piles up on a slow line.
struct Blob {
    std::string sha256{};      ///< Of the whole.
    std::uint64_t offset = 0;  ///< Of `chunk`; as asked for.
    std::uint64_t size = 0;    ///< Of the whole; 0: the server has no such text (yet).
    std::string chunk{};       ///< At most max_chunk_bytes; empty when there is nothing from `offset` on.
    bool operator==(const Blob&) const = default;
};
inline constexpr std::size_t max_chunk_bytes = 256 << 10;
inline constexpr std::uint64_t max_blob_bytes = 64 << 20;  ///< Some three million names.

/// The hub wants to know how things are, not only what changed: it knows nothing of this epoch, or lost what it knew.
struct SnapshotWanted {
    bool operator==(const SnapshotWanted&) const = default;
};

/// How things are at the router once everything up to `after` has happened. Of `parts` parts, which come in order.
struct Snapshot {
    Cursor after{};
    std::uint16_t part = 0;  ///< From 0 on.
    std::uint16_t parts = 1;
    std::string state{};  ///< JSON text; opaque here, as the bodies of events are.
    bool operator==(const Snapshot&) const = default;
};
inline constexpr std::uint16_t most_snapshot_parts = 64;

/// The peer answered our ping. (Its own pings are answered inside the session.)
struct Pong {
    std::uint64_t token = 0;
    bool operator==(const Pong&) const = default;
};

/// The peer ends the stream. Codes are those of vivi::to_string(Code), or "replaced", "revoked", "draining", "version" (no
/// protocol that both speak).
struct Bye {
    std::string code{};
    std::string detail{};
    bool operator==(const Bye&) const = default;
};

/// What one receive() gave: the messages in order and, when the session is over, why. Messages before the end still count.
template <class Message>
struct Received {
    std::vector<Message> messages{};
    std::optional<Error> ended{};
};

/// The flow window: what may be under way beyond the last ack (docs/protocol.md section 3).
inline constexpr std::size_t window_bytes = 4 << 20;
inline constexpr std::size_t window_entries = 4096;

/// The most output a session holds for a transport that does not take it; beyond it the session ends.
inline constexpr std::size_t max_output_bytes = 8 << 20;

}  // namespace vivi::sync
