// Frames taken apart and put together.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/frames.hpp"

#include "common/wire/ethernet.hpp"
#include "common/wire/ipv4.hpp"
#include "common/wire/transport.hpp"
#include "common/wire/udp_frame.hpp"

namespace vivi::dhcpd {

std::optional<Heard> parse_dhcp_frame(BytesView bytes) {
    const auto frame = wire::ethernet::parse(bytes);
    if (!frame || frame->ethertype != wire::ethernet::type_ipv4) return std::nullopt;
    const auto packet = wire::ipv4::parse(frame->payload, frame->payload.size());
    if (!packet || packet->protocol != wire::transport::udp || !packet->starts_payload) return std::nullopt;
    const auto datagram = wire::transport::parse_udp(packet->payload);
    if (!datagram) return std::nullopt;
    auto message = wire::dhcp::parse(datagram->payload);
    if (!message) return std::nullopt;
    return Heard{.from = frame->source, .message = *std::move(message)};
}

Bytes reply_frame(const Reply& reply, Mac own_mac, Ipv4 own_address) {
    const auto payload = wire::dhcp::serialize(reply.message, {.order = reply.order, .most_bytes = reply.most_bytes});
    return wire::udp_frame({.mac = own_mac, .address = own_address, .port = wire::dhcp::server_port},
                           {.mac = reply.to_mac, .address = reply.to_address, .port = wire::dhcp::client_port}, payload);
}

std::optional<wire::arp::Message> parse_arp_frame(BytesView bytes) {
    const auto frame = wire::ethernet::parse(bytes);
    if (!frame || frame->ethertype != wire::ethernet::type_arp) return std::nullopt;
    const auto message = wire::arp::parse(frame->payload);
    if (!message || message->operation != wire::arp::Operation::Reply) return std::nullopt;
    return *message;
}

Bytes probe_frame(Probe probe, Mac own_mac) {
    const auto request = wire::arp::serialize({.sender = own_mac, .target_address = probe.address});
    return wire::ethernet::serialize(
        {.destination = wire::broadcast_mac, .source = own_mac, .ethertype = wire::ethernet::type_arp, .payload = request});
}

}  // namespace vivi::dhcpd
