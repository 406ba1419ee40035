// Frames of vivi-sync/1: the bytes.
// SPDX-License-Identifier: Apache-2.0
#include "common/sync/frames.hpp"

#include <algorithm>
#include <cassert>
#include <nlohmann/json.hpp>

#include "common/core/crypto.hpp"
#include "common/model/event.hpp"
#include "common/model/fields.hpp"

namespace vivi::sync {
namespace {

using model::Fields;
using model::Json;

constexpr std::size_t length_bytes = 4;
constexpr std::size_t entry_overhead = 16 + 8 + 2 + 4;
/// Longer identifiers than these are not ours.
constexpr std::size_t max_name = 200;
constexpr std::size_t max_detail = 4096;

std::optional<Type> parse_type(std::uint8_t value) noexcept {
    if ((value >= 1 && value <= 11) || value == 15) return static_cast<Type>(value);
    return std::nullopt;
}

Bytes json_frame(Type type, const Json& json) {
    // A text that is not UTF-8 (it came from a log or a peer) must not end the process: it is shown as U+FFFD.
    return serialize_frame(type, as_bytes(json.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

Result<Json> json_body(BytesView body, std::string_view what) {
    auto json = model::parse_json(as_text(body), max_frame_bytes);
    if (!json) return std::unexpected{std::move(json).error().in(what)};
    return json;
}

Epoch epoch_of(Fields& in, std::string_view key) {
    const auto text = in.text(key);
    const auto epoch = parse_epoch(text);
    if (!epoch) in.problem(key, "must be 32 hexadecimal digits");
    return epoch.value_or(Epoch{});
}

std::uint64_t unsigned_of(Fields& in, std::string_view key) {
    const auto value = in.integer(key);
    if (value < 0) in.problem(key, "must not be negative");
    return static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
}

std::string short_text(Fields& in, std::string_view key, std::size_t most) {
    auto text = in.text(key);
    if (text.size() > most) in.problem(key, "is too long");
    return text;
}

int protocol_of(Fields& in) {
    const auto protocol = in.integer("protocol");
    if (protocol < 0 || protocol > 1'000'000) in.problem("protocol", "is no version");
    return static_cast<int>(std::clamp<std::int64_t>(protocol, 0, 1'000'000));
}

Json ranges_json(const std::vector<StoredRange>& ranges) {
    Json rows = Json::array();
    for (const auto& range : ranges)
        rows.push_back({{"epoch", to_string(range.epoch)}, {"first", range.first}, {"last", range.last}});
    return rows;
}

std::vector<StoredRange> ranges_of(const Json& array, const std::string& path, model::Problems& problems) {
    std::vector<StoredRange> ranges;
    for (const auto& element : array) {
        Fields row{element, path + "/" + std::to_string(ranges.size()), problems};
        const StoredRange range{
            .epoch = epoch_of(row, "epoch"), .first = unsigned_of(row, "first"), .last = unsigned_of(row, "last")};
        if (range.first == 0 || range.last < range.first) row.problem("last", "must not be before first, nor first 0");
        ranges.push_back(range);
        if (!problems.empty()) break;  // A stranger's list of a thousand faults is one fault.
    }
    return ranges;
}

Epoch read_epoch(Reader& in) {
    Epoch epoch;
    const auto octets = in.take(epoch.octets.size());
    std::copy(octets.begin(), octets.end(), epoch.octets.begin());
    return epoch;
}

}  // namespace

std::string to_string(const Epoch& epoch) { return crypto::to_hex(epoch.octets); }

std::optional<Epoch> parse_epoch(std::string_view text) {
    Epoch epoch;
    if (text.size() != 2 * epoch.octets.size()) return std::nullopt;
    const auto bytes = crypto::from_hex(text);
    if (!bytes) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), epoch.octets.begin());
    return epoch;
}

std::string_view to_string(Type type) noexcept {
    switch (type) {
        case Type::Hello: return "hello";
        case Type::Welcome: return "welcome";
        case Type::Events: return "events";
        case Type::Ack: return "ack";
        case Type::Config: return "config";
        case Type::Watch: return "watch";
        case Type::Ping: return "ping";
        case Type::Pong: return "pong";
        case Type::Blob: return "blob";
        case Type::Snapshot: return "snapshot";
        case Type::Want: return "want";
        case Type::Bye: return "bye";
    }
    return "unknown";
}

void FrameDecoder::feed(BytesView bytes) {
    // Moved to the front here, not in next(): a Frame's view lives until the next feed().
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

Result<std::optional<Frame>> FrameDecoder::next() {
    Reader in{BytesView{buffer_}.subspan(consumed_)};
    const auto length = in.u32();
    if (!in.ok()) return std::nullopt;
    if (length == 0) return failed(Code::Invalid, "frame: length is 0");
    if (length > max_frame_bytes)
        return failed(Code::Overflow, "frame: " + std::to_string(length) + " bytes, at most 1 MiB is allowed");
    const auto number = in.u8();
    if (!in.ok()) return std::nullopt;
    const auto type = parse_type(number);
    if (!type) return failed(Code::Invalid, "frame: unknown type " + std::to_string(number));
    const auto body = in.take(length - 1);
    if (!in.ok()) return std::nullopt;
    consumed_ += length_bytes + length;
    return Frame{.type = *type, .body = body};
}

std::size_t wire_size(const Entry& entry) noexcept { return entry_overhead + entry.topic.size() + entry.body.size(); }

std::size_t max_entry_body(std::string_view topic) noexcept { return max_frame_bytes - 1 - entry_overhead - topic.size(); }

void append(Writer& out, const Entry& entry) {
    assert(entry.topic.size() <= UINT16_MAX && entry.body.size() <= max_entry_body(entry.topic));
    out.put(entry.epoch.octets).u64(entry.sequence);
    out.u16(static_cast<std::uint16_t>(entry.topic.size())).put(entry.topic);
    out.u32(static_cast<std::uint32_t>(entry.body.size())).put(entry.body);
}

Bytes serialize_frame(Type type, BytesView body) {
    assert(body.size() < max_frame_bytes);
    Writer out;
    out.u32(static_cast<std::uint32_t>(body.size() + 1)).u8(static_cast<std::uint8_t>(type)).put(body);
    return out.take_bytes();
}

Bytes serialize(const Hello& hello) {
    return json_frame(Type::Hello, {{"protocol", hello.protocol},
                                    {"software", hello.software},
                                    {"boot_id", hello.boot_id},
                                    {"custody", hello.custody},
                                    {"epoch", to_string(hello.epoch)},
                                    {"stored", ranges_json(hello.stored)},
                                    {"acknowledged", ranges_json(hello.acknowledged)},
                                    {"applied_revision", hello.applied_revision}});
}

Result<Hello> parse_hello(BytesView body) {
    const auto json = json_body(body, "hello");
    if (!json) return std::unexpected{json.error()};
    model::Problems problems;
    Fields in{*json, "", problems};
    Hello hello{.protocol = protocol_of(in),
                .software = short_text(in, "software", max_name),
                .boot_id = short_text(in, "boot_id", max_name),
                .custody = short_text(in, "custody", max_name),
                .epoch = epoch_of(in, "epoch")};
    hello.stored = ranges_of(in.array("stored"), "/stored", problems);
    if (in.has("acknowledged")) hello.acknowledged = ranges_of(in.array("acknowledged"), "/acknowledged", problems);
    hello.applied_revision = static_cast<std::int64_t>(unsigned_of(in, "applied_revision"));
    if (!problems.empty()) return failed(Code::Invalid, "hello: " + problems.front());
    return hello;
}

Bytes serialize(const Welcome& welcome) {
    Json durable = Json::array();
    for (const auto& cursor : welcome.durable)
        durable.push_back({{"epoch", to_string(cursor.epoch)}, {"sequence", cursor.sequence}});
    return json_frame(Type::Welcome, {{"protocol", welcome.protocol},
                                      {"router", welcome.router},
                                      {"durable", std::move(durable)},
                                      {"session", welcome.session}});
}

Result<Welcome> parse_welcome(BytesView body) {
    const auto json = json_body(body, "welcome");
    if (!json) return std::unexpected{json.error()};
    model::Problems problems;
    Fields in{*json, "", problems};
    Welcome welcome{.protocol = protocol_of(in), .router = short_text(in, "router", max_name)};
    std::size_t index = 0;
    for (const auto& element : in.array("durable")) {
        Fields row{element, "/durable/" + std::to_string(index++), problems};
        welcome.durable.push_back({.epoch = epoch_of(row, "epoch"), .sequence = unsigned_of(row, "sequence")});
        if (!problems.empty()) break;
    }
    if (in.has("session")) welcome.session = static_cast<std::int64_t>(unsigned_of(in, "session"));
    if (!problems.empty()) return failed(Code::Invalid, "welcome: " + problems.front());
    return welcome;
}

Bytes serialize(const Events& events) {
    Writer body;
    for (const auto& entry : events.entries) append(body, entry);
    return serialize_frame(Type::Events, body.view());
}

Result<Events> parse_events(BytesView body) {
    Reader in{body};
    Events events;
    // Each turn takes at least entry_overhead bytes or fails, so the frame's size bounds the loop.
    while (in.ok() && in.remaining() > 0) {
        Entry entry;
        entry.epoch = read_epoch(in);
        entry.sequence = in.u64();
        entry.topic = as_text(in.take(in.u16()));
        entry.body = as_text(in.take(in.u32()));
        if (!in.ok()) return failed(Code::Invalid, "events: the frame ends inside an entry");
        if (entry.sequence == 0) return failed(Code::Invalid, "events: sequence 0");
        if (entry.topic.empty()) return failed(Code::Invalid, "events: an entry without a topic");
        events.entries.push_back(std::move(entry));
    }
    if (events.entries.empty()) return failed(Code::Invalid, "events: no entry");
    return events;
}

Bytes serialize(const Ack& ack) {
    Writer body;
    body.put(ack.cursor.epoch.octets).u64(ack.cursor.sequence);
    return serialize_frame(Type::Ack, body.view());
}

Result<Ack> parse_ack(BytesView body) {
    Reader in{body};
    Ack ack;
    ack.cursor.epoch = read_epoch(in);
    ack.cursor.sequence = in.u64();
    if (!in.ok() || in.remaining() > 0) return failed(Code::Invalid, "ack: must have 24 bytes");
    return ack;
}

Bytes serialize(const Config& config) {
    Writer body;
    body.put(R"({"revision":)").put(std::to_string(config.revision)).put(R"(,"document":)").put(config.document).put("}");
    return serialize_frame(Type::Config, body.view());
}

Result<Config> parse_config(BytesView body) {
    const auto json = json_body(body, "config");
    if (!json) return std::unexpected{json.error()};
    Fields in{*json, ""};
    Config config{.revision = static_cast<std::int64_t>(unsigned_of(in, "revision"))};
    if (!in.has("document")) in.problem("document", "is missing");
    if (!in.ok()) return failed(Code::Invalid, "config: " + in.problems());
    config.document = in.object("document").dump();
    if (!in.ok()) return failed(Code::Invalid, "config: " + in.problems());
    return config;
}

Bytes serialize(const Watch& watch) { return json_frame(Type::Watch, {{"seconds", watch.duration.count()}}); }

Result<Watch> parse_watch(BytesView body) {
    const auto json = json_body(body, "watch");
    if (!json) return std::unexpected{json.error()};
    constexpr std::int64_t most_seconds = 86'400;
    Fields in{*json, ""};
    const auto seconds = in.integer("seconds");
    if (seconds < 0 || seconds > most_seconds) in.problem("seconds", "must be in 0..86400");
    if (!in.ok()) return failed(Code::Invalid, "watch: " + in.problems());
    return Watch{.duration = Seconds{seconds}};
}

Bytes serialize(const Want& want) { return json_frame(Type::Want, {{"sha256", want.sha256}, {"offset", want.offset}}); }

Result<Want> parse_want(BytesView body) {
    const auto json = json_body(body, "want");
    if (!json) return std::unexpected{json.error()};
    Fields in{*json, ""};
    Want want{.sha256 = in.text("sha256"), .offset = unsigned_of(in, "offset")};
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (want.sha256.size() != 64 || !std::ranges::all_of(want.sha256, is_digit))
        in.problem("sha256", "must be 64 hexadecimal digits");
    if (want.offset > max_blob_bytes) in.problem("offset", "is beyond any list");
    if (!in.ok()) return failed(Code::Invalid, "want: " + in.problems());
    return want;
}

Bytes serialize(const Blob& blob) {
    assert(blob.chunk.size() <= max_chunk_bytes);
    Writer body;
    body.put(crypto::from_hex(blob.sha256).value_or(Bytes{})).u64(blob.offset).u64(blob.size).put(blob.chunk);
    return serialize_frame(Type::Blob, body.view());
}

Result<Blob> parse_blob(BytesView body) {
    Reader in{body};
    Blob blob;
    blob.sha256 = crypto::to_hex(in.take(32));
    blob.offset = in.u64();
    blob.size = in.u64();
    blob.chunk = as_text(in.take(in.remaining()));
    if (!in.ok()) return failed(Code::Invalid, "blob: must have at least 48 bytes");
    if (blob.chunk.size() > max_chunk_bytes) return failed(Code::Overflow, "blob: a chunk has at most 256 KiB");
    if (blob.size > max_blob_bytes) return failed(Code::Overflow, "blob: larger than any list");
    if (blob.offset > blob.size || blob.chunk.size() > blob.size - blob.offset)
        return failed(Code::Invalid, "blob: the chunk ends beyond the whole");
    return blob;
}

Bytes serialize(SnapshotWanted) { return serialize_frame(Type::Snapshot, {}); }

Result<SnapshotWanted> parse_snapshot_wanted(BytesView body) {
    if (!body.empty()) return failed(Code::Invalid, "snapshot: the question has no body");
    return SnapshotWanted{};
}

Bytes serialize(const Snapshot& snapshot) {
    assert(snapshot.state.size() <= max_snapshot_state);
    Writer body;
    body.put(snapshot.after.epoch.octets).u64(snapshot.after.sequence).u16(snapshot.part).u16(snapshot.parts).put(snapshot.state);
    return serialize_frame(Type::Snapshot, body.view());
}

Result<Snapshot> parse_snapshot(BytesView body) {
    Reader in{body};
    Snapshot snapshot;
    snapshot.after.epoch = read_epoch(in);
    snapshot.after.sequence = in.u64();
    snapshot.part = in.u16();
    snapshot.parts = in.u16();
    snapshot.state = as_text(in.take(in.remaining()));
    if (!in.ok()) return failed(Code::Invalid, "snapshot: must have at least 28 bytes");
    if (snapshot.parts == 0 || snapshot.parts > most_snapshot_parts || snapshot.part >= snapshot.parts)
        return failed(Code::Invalid, "snapshot: part " + std::to_string(snapshot.part) + " of " + std::to_string(snapshot.parts));
    return snapshot;
}

Bytes serialize_ping(std::uint64_t token) {
    Writer body;
    return serialize_frame(Type::Ping, body.u64(token).view());
}

Bytes serialize(const Pong& pong) {
    Writer body;
    return serialize_frame(Type::Pong, body.u64(pong.token).view());
}

Result<std::uint64_t> parse_token(BytesView body) {
    Reader in{body};
    const auto token = in.u64();
    if (!in.ok() || in.remaining() > 0) return failed(Code::Invalid, "ping: must have 8 bytes");
    return token;
}

Bytes serialize(const Bye& bye) {
    return json_frame(Type::Bye, {{"code", bye.code.substr(0, max_name)}, {"detail", bye.detail.substr(0, max_detail)}});
}

Result<Bye> parse_bye(BytesView body) {
    const auto json = json_body(body, "bye");
    if (!json) return std::unexpected{json.error()};
    Fields in{*json, ""};
    Bye bye{.code = short_text(in, "code", max_name), .detail = in.text("detail")};
    if (!in.ok()) return failed(Code::Invalid, "bye: " + in.problems());
    bye.detail.resize(std::min(bye.detail.size(), max_detail));
    return bye;
}

}  // namespace vivi::sync
