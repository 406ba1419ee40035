// The wire parsers, one after the other.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/packet.hpp"

#include "common/wire/ethernet.hpp"
#include "common/wire/icmpv6.hpp"
#include "common/wire/ipv4.hpp"
#include "common/wire/ipv6.hpp"
#include "common/wire/transport.hpp"

namespace vivi::pcapd {
namespace {

/// A transport header that cannot be read costs the ports, not the count.
void read_transport(Packet& packet, BytesView bytes) noexcept {
    const bool is_tcp = packet.protocol == wire::transport::tcp;
    if (!is_tcp && packet.protocol != wire::transport::udp) return;
    const auto segment = is_tcp ? wire::transport::parse_tcp(bytes) : wire::transport::parse_udp(bytes);
    if (!segment) return;
    packet.source_port = segment->source_port;
    packet.destination_port = segment->destination_port;
    packet.sequence = segment->sequence;
    packet.opens = segment->syn;
    packet.closes = segment->fin || segment->rst;
    packet.payload = segment->payload;
}

}  // namespace

std::expected<Packet, wire::ParseError> dissect(BytesView captured, std::size_t on_wire) noexcept {
    if (on_wire < captured.size()) return std::unexpected{wire::ParseError::Malformed};
    const auto frame = wire::ethernet::parse(captured);
    if (!frame) return std::unexpected{frame.error()};
    Packet packet{.source_mac = frame->source, .destination_mac = frame->destination, .vlan = frame->vlan};
    const auto on_wire_payload = on_wire - (captured.size() - frame->payload.size());

    if (frame->ethertype == wire::ethernet::type_ipv4) {
        const auto ip = wire::ipv4::parse(frame->payload, on_wire_payload);
        if (!ip) return std::unexpected{ip.error()};
        packet.source = wire::ipv6::mapped(ip->source);
        packet.destination = wire::ipv6::mapped(ip->destination);
        packet.protocol = ip->protocol;
        packet.bytes = ip->total_bytes;
        if (ip->starts_payload) read_transport(packet, ip->payload);
        return packet;
    }
    if (frame->ethertype == wire::ethernet::type_ipv6) {
        const auto ip = wire::ipv6::parse(frame->payload, on_wire_payload);
        if (!ip) return std::unexpected{ip.error()};
        packet.source = ip->source;
        packet.destination = ip->destination;
        packet.protocol = ip->protocol;
        packet.bytes = ip->total_bytes;
        packet.announces_router = wire::icmpv6::is_router_advertisement(*ip);
        if (ip->starts_payload) read_transport(packet, ip->payload);
        return packet;
    }
    return std::unexpected{wire::ParseError::Unsupported};
}

}  // namespace vivi::pcapd
