// From payloads to names: what is whole in one packet is read there, the rest is assembled.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/inspector.hpp"

#include <algorithm>

#include "common/wire/http_request.hpp"
#include "common/wire/tls_hello.hpp"
#include "common/wire/transport.hpp"

namespace vivi::pcapd {
namespace {

namespace quic = wire::quic;
using model::NameSource;
using Phase = Inspection::Phase;

constexpr std::uint8_t most_payloads = 4;  // A ClientHello is the first thing a client says; a few for STARTTLS-like beginnings.
constexpr std::uint8_t most_datagrams = 16;  // Of QUIC, before the ClientHello is whole.
constexpr int most_coalesced = 8;

/// What the beginning of a stream tells.
struct Told {
    enum class State : std::uint8_t { Whole, More, Nothing };
    State state = State::Nothing;
    Visited visited{};
};

Told told_by(const std::expected<wire::tls::ClientHello, wire::ParseError>& hello, NameSource source) noexcept {
    if (hello)
        return {hello->is_complete ? Told::State::Whole : Told::State::More,
                {hello->server_name, source, hello->is_complete && !hello->has_ech}};
    return {hello.error() == wire::ParseError::Truncated ? Told::State::More : Told::State::Nothing, {}};
}

Told read_stream(BytesView stream) noexcept {
    const auto hello = wire::tls::parse_client_hello(stream);
    if (hello || hello.error() != wire::ParseError::Unsupported) return told_by(hello, NameSource::Sni);
    const auto host = wire::http::parse_host(stream);
    if (host) return {Told::State::Whole, {*host, NameSource::Http, true}};
    return {host.error() == wire::ParseError::Truncated ? Told::State::More : Told::State::Nothing, {}};
}

std::optional<Visited> named(const Visited& visited) noexcept {
    return visited.name.empty() ? std::nullopt : std::optional{visited};
}

/// How far `sequence` is behind `from`, RFC 9293 section 3.4: negative when it comes before.
std::int32_t distance(std::uint32_t from, std::uint32_t sequence) noexcept { return static_cast<std::int32_t>(sequence - from); }

/// Without the octets that were there before, when it begins `ahead` < 0.
BytesView without_past(BytesView payload, std::int32_t ahead) noexcept {
    const auto past = static_cast<std::size_t>(std::max<std::int64_t>(0, -std::int64_t{ahead}));
    return payload.subspan(std::min(payload.size(), past));
}

}  // namespace

Inspector::Inspector(InspectorLimits limits, HashKey key) : limits_{limits}, assemblies_{limits.assemblies, key} {}

std::optional<Visited> Inspector::inspect(std::uint32_t flow, Inspection& state, const Packet& packet, Instant now) {
    switch (packet.protocol) {
        case wire::transport::tcp: return inspect_tcp(flow, state, packet);
        case wire::transport::udp: return inspect_quic(flow, state, packet.payload, now);
        default: state.phase = Phase::Over; return std::nullopt;
    }
}

void Inspector::forget(std::uint32_t flow, const Inspection& state) {
    if (state.phase != Phase::Assembling) return;
    if (const auto slot = assemblies_.find(flow); slot != Assemblies::none) assemblies_.erase(slot);
}

InspectorCounts Inspector::counts() const noexcept {
    return {.assembling = assemblies_.size(), .given_up = given_up_, .skipped_initials = skipped_initials_};
}

std::optional<Visited> Inspector::inspect_tcp(std::uint32_t flow, Inspection& state, const Packet& packet) {
    const auto sequence = packet.sequence + (packet.opens ? 1 : 0);  // A SYN takes a number (RFC 9293 section 3.4).
    if (state.phase == Phase::Unseen) {
        state.next = sequence;
        state.phase = Phase::InOrder;
    }
    if (packet.payload.empty()) return std::nullopt;
    if (state.phase == Phase::Assembling) return add_piece(flow, state, sequence, packet.payload);
    return look_at(flow, state, sequence, packet.payload);
}

/// Only what comes next in the stream can be a beginning; what comes too early waits for what is before it.
std::optional<Visited> Inspector::look_at(std::uint32_t flow, Inspection& state, std::uint32_t sequence, BytesView payload) {
    const auto ahead = distance(state.next, sequence);
    if (ahead >= static_cast<std::int32_t>(StreamStart::capacity)) state.phase = Phase::Over;
    if (state.phase == Phase::Over) return std::nullopt;
    payload = without_past(payload, ahead);
    if (payload.empty()) return std::nullopt;
    const auto told = ahead > 0 ? Told{.state = Told::State::More} : read_stream(payload);
    switch (told.state) {
        case Told::State::Whole: state.phase = Phase::Over; return named(told.visited);
        case Told::State::More:
            assemblies_[begin_assembly(flow, state)].base = state.next;
            return add_piece(flow, state, ahead > 0 ? sequence : state.next, payload);
        case Told::State::Nothing: break;
    }
    state.next += static_cast<std::uint32_t>(payload.size());
    if (++state.looked_at == most_payloads) state.phase = Phase::Over;
    return std::nullopt;
}

std::optional<Visited> Inspector::add_piece(std::uint32_t flow, Inspection& state, std::uint32_t sequence, BytesView payload) {
    const auto slot = assemblies_.find(flow);
    if (slot == Assemblies::none) {  // Its room was given to another.
        state.phase = Phase::Over;
        return std::nullopt;
    }
    auto& assembly = assemblies_[slot];
    const auto ahead = distance(assembly.base, sequence);
    if (ahead < 0)
        payload = payload.subspan(std::min(payload.size(), static_cast<std::size_t>(-static_cast<std::int64_t>(ahead))));
    assembly.stream.add(static_cast<std::uint64_t>(std::max(ahead, 0)), payload);

    const auto told = read_stream(assembly.stream.prefix());
    const bool is_beyond = ahead >= static_cast<std::int32_t>(StreamStart::capacity) || assembly.stream.is_full();
    const bool waits = assembly.stream.prefix().empty() || told.state == Told::State::More;
    if (waits && !is_beyond && ++assembly.pieces < limits_.pieces) return std::nullopt;
    if (waits) ++given_up_;
    end(flow, state);
    return named(told.visited);
}

std::optional<Visited> Inspector::inspect_quic(std::uint32_t flow, Inspection& state, BytesView datagram, Instant now) {
    for (int i = 0; i < most_coalesced; ++i) {
        const auto packet = quic::parse(datagram);
        if (!packet) {
            // Not QUIC at all: the patience is not for it.
            if (i == 0 && state.phase != Phase::Assembling) state.looked_at += most_datagrams / most_payloads - 1;
            break;
        }
        datagram = packet->rest;
        if (packet->kind != quic::Kind::Initial || !may_decrypt(now) || !read_initial(flow, state, *packet)) continue;
        const auto& stream = assemblies_[assemblies_.find(flow)].stream;
        const auto told = told_by(wire::tls::parse_client_hello_message(stream.prefix()), NameSource::Quic);
        if (told.state == Told::State::More && !stream.is_full()) continue;
        if (told.state == Told::State::More) ++given_up_;
        end(flow, state);
        return named(told.visited);
    }
    if (++state.looked_at < most_datagrams) return std::nullopt;
    if (state.phase == Phase::Assembling) ++given_up_;
    end(flow, state);
    return std::nullopt;
}

/// Whether its CRYPTO frames are in an assembly now.
bool Inspector::read_initial(std::uint32_t flow, Inspection& state, const quic::Packet& packet) {
    auto slot = assemblies_.find(flow);
    quic::Keys keys;
    const auto frames = open(packet, slot == Assemblies::none ? nullptr : &assemblies_[slot], keys);
    if (!frames) return false;
    if (slot == Assemblies::none) slot = begin_assembly(flow, state);
    auto& assembly = assemblies_[slot];
    assembly.version = packet.version;
    assembly.keys = keys;
    quic::CryptoFrames in{*frames};
    while (const auto frame = in.next()) assembly.stream.add(frame->offset, frame->data);
    return true;
}

/// With the keys of the flow's first packet: the id in the header changes when the server has answered. Or with keys from this
/// packet's id: it is the first one, or the first after a Retry.
std::optional<BytesView> Inspector::open(const quic::Packet& packet, const Assembly* assembly, quic::Keys& keys) {
    if (assembly != nullptr && assembly->version == packet.version) {
        keys = assembly->keys;
        if (const auto frames = quic::open(packet, keys, aes_, opened_)) return *frames;
    }
    keys = quic::client_keys(packet.version, packet.destination_id);
    const auto frames = quic::open(packet, keys, aes_, opened_);
    return frames ? std::optional{*frames} : std::nullopt;
}

Inspector::Assemblies::Slot Inspector::begin_assembly(std::uint32_t flow, Inspection& state) {
    if (assemblies_.is_full()) {
        assemblies_.erase(assemblies_.oldest());
        ++given_up_;
    }
    state.phase = Phase::Assembling;
    return assemblies_.insert(flow);
}

void Inspector::end(std::uint32_t flow, Inspection& state) {
    forget(flow, state);
    state.phase = Phase::Over;
}

bool Inspector::may_decrypt(Instant now) noexcept {
    if (now - second_begins_ >= Seconds{1}) {
        second_begins_ = now;
        initials_in_second_ = 0;
    }
    if (initials_in_second_ < limits_.initials_a_second) {
        ++initials_in_second_;
        return true;
    }
    ++skipped_initials_;
    return false;
}

}  // namespace vivi::pcapd
