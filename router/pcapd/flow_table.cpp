// Attribution of packets, and the life of flows.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/flow_table.hpp"

#include <algorithm>

#include "common/wire/dns.hpp"
#include "common/wire/ipv6.hpp"
#include "common/wire/tls_hello.hpp"
#include "common/wire/transport.hpp"

namespace vivi::pcapd {
namespace {

constexpr std::uint8_t most_inspected = 4;  // A ClientHello is the first thing a client says; a few for STARTTLS-like beginnings.
constexpr int most_expired_at_once = 8'192;

/// "This network", link-local, multicast and broadcast (RFC 6890, RFC 5771): never the other side of the uplink.
bool is_special(Ipv4 address) noexcept {
    return address.value >> 24 == 0 || address.value >> 16 == 0xa9fe || address.value >> 28 == 0xe || address.value == 0xffffffff;
}
/// Unspecified, link-local unicast fe80::/10 and multicast ff00::/8 (RFC 4291 section 2.4).
bool is_special(const Ipv6& address) noexcept {
    return address == Ipv6{} || address.octets[0] == 0xff || (address.octets[0] == 0xfe && (address.octets[1] & 0xc0) == 0x80);
}

}  // namespace

FlowTable::FlowTable(FlowLimits limits, HashKey key)
    : limits_{limits},
      names_{limits.names, key},
      answers_{limits.answers, names_, key},
      rows_{limits.rows, names_, key},
      flows_{limits.flows, key} {}

void FlowTable::add(const Packet& packet, Instant now) {
    const bool from_router = is_router(packet.source_mac);
    const bool to_router = is_router(packet.destination_mac);
    const bool to_group = packet.destination_mac.is_group();
    if (packet.source_mac.is_group() || (from_router && (to_router || to_group))) {
        ++done_.ignored;
        return;
    }
    if (packet.source_port == wire::dns::port && !to_router && !to_group) learn(packet, now);
    if (from_router) {
        count(packet.destination_mac, Direction::Down, packet, now);
    } else if (to_router) {
        count(packet.source_mac, Direction::Up, packet, now);
    } else {
        count_unnamed(packet.source_mac, Direction::Up, packet.bytes);
        if (!to_group) count_unnamed(packet.destination_mac, Direction::Down, packet.bytes);
    }
}

std::vector<model::TrafficRow> FlowTable::take(Instant now) {
    auto rows = rows_.take();
    ++tick_;
    expire(now);
    answers_.expire(now);
    return rows;
}

FlowCounts FlowTable::counts() const noexcept {
    auto counts = done_;
    counts.flows = flows_.size();
    counts.names = names_.size();
    counts.answers = answers_.size();
    counts.folded = rows_.folded();
    counts.refused_names = names_.refused();
    return counts;
}

bool FlowTable::is_router(Mac mac) const noexcept { return std::ranges::find(lan_.router_macs, mac) != lan_.router_macs.end(); }

bool FlowTable::is_local(const Ipv6& address) const noexcept {
    if (!wire::ipv6::is_mapped(address)) return is_special(address);
    const auto ipv4 = wire::ipv6::unmapped(address);
    return is_special(ipv4) || std::ranges::any_of(lan_.prefixes, [&](const auto& prefix) { return prefix.contains(ipv4); });
}

void FlowTable::learn(const Packet& packet, Instant now) {
    const auto response =
        packet.protocol == wire::transport::tcp ? wire::dns::parse_tcp(packet.payload) : wire::dns::parse(packet.payload);
    if (response) answers_.learn(packet.destination_mac, *response, now);
}

void FlowTable::count(Mac device, Direction direction, const Packet& packet, Instant now) {
    const bool up = direction == Direction::Up;
    const auto& remote = up ? packet.destination : packet.source;
    if (is_local(remote)) return count_unnamed(device, direction, packet.bytes);

    const Key key{.device = device.octets,
                  .protocol = packet.protocol,
                  .unused = 0,
                  .local = (up ? packet.source : packet.destination).octets,
                  .remote = remote.octets,
                  .local_port = up ? packet.source_port : packet.destination_port,
                  .remote_port = up ? packet.destination_port : packet.source_port};
    auto& flow = flows_[flow_of(key, packet.opens, now)];
    flow.last = now;
    flow.is_closed = flow.is_closed || packet.closes;
    if (flow.tick != tick_) {
        if (flow.name == no_name) {
            flow.name = names_.hold(answers_.find(device, remote, now));
            if (flow.name != no_name) flow.source = model::NameSource::Dns;
        }
        flow.tick = tick_;
        flow.in_tick = {};
        flow.row = rows_.row(device, flow.name, flow.source);
    }
    flow.in_tick.count(direction, packet.bytes);
    rows_[flow.row].count(direction, packet.bytes);
    (up ? done_.bytes_up : done_.bytes_down) += packet.bytes;

    if (up && packet.protocol == wire::transport::tcp && !packet.payload.empty() && flow.inspected < most_inspected)
        inspect(flow, device, packet.payload);
}

void FlowTable::count_unnamed(Mac device, Direction direction, std::uint64_t bytes) {
    rows_[rows_.row(device, no_name, model::NameSource::None)].count(direction, bytes);
    (direction == Direction::Up ? done_.bytes_up : done_.bytes_down) += bytes;
}

FlowTable::Flows::Slot FlowTable::flow_of(const Key& key, bool opens, Instant now) {
    const auto found = flows_.find(key);
    if (found != Flows::none) {
        // The ports may be used again: by a connection that opens now, or after a silence.
        if (!opens && now - flows_[found].last <= idle_limit(key, flows_[found])) {
            flows_.touch(found);
            return found;
        }
        forget(found);
    }
    if (flows_.is_full()) {
        forget(flows_.oldest());
        ++done_.evicted;
    }
    return flows_.insert(key);
}

void FlowTable::inspect(Flow& flow, Mac device, BytesView payload) {
    ++flow.inspected;
    const auto hello = wire::tls::parse_client_hello(payload);
    if (!hello) return;
    flow.inspected = most_inspected;
    // Only a name that is certainly the visited one; with ECH, or extensions yet to come, what DNS said is the better fact.
    if (hello->is_complete && !hello->has_ech && !hello->server_name.empty()) rename(flow, device, hello->server_name);
}

void FlowTable::rename(Flow& flow, Mac device, const wire::Name& name) {
    const auto id = names_.acquire(name);
    if (id == no_name) return;  // No room: what it was called so far stays.
    names_.release(flow.name);
    flow.name = id;
    flow.source = model::NameSource::Sni;
    rows_[flow.row] -= flow.in_tick;
    flow.row = rows_.row(device, flow.name, flow.source);
    rows_[flow.row] += flow.in_tick;
}

Seconds FlowTable::idle_limit(const Key& key, const Flow& flow) const noexcept {
    if (flow.is_closed) return limits_.closed_idle;
    return key.protocol == wire::transport::tcp ? limits_.tcp_idle : limits_.udp_idle;
}

void FlowTable::forget(Flows::Slot slot) {
    names_.release(flows_[slot].name);
    flows_.erase(slot);
}

void FlowTable::expire(Instant now) {
    auto slot = flows_.oldest();
    for (int i = 0; i < most_expired_at_once && slot != Flows::none; ++i) {
        const auto newer = flows_.newer(slot);
        const auto idle = now - flows_[slot].last;
        if (idle <= limits_.closed_idle) return;  // Those behind were heard of later still.
        if (idle > idle_limit(flows_.key(slot), flows_[slot])) forget(slot);
        slot = newer;
    }
}

}  // namespace vivi::pcapd
