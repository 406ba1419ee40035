// Building answers.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/reply.hpp"

#include <algorithm>

#include "common/wire/udp_frame.hpp"

namespace vivi::dhcpd {
namespace {

namespace dhcp = wire::dhcp;
namespace option = wire::dhcp::option;
using dhcp::Type;

/// RFC 2131 section 4.1: to ciaddr when the client has one; broadcast when it asks for it; else straight to yiaddr and chaddr,
/// although no ARP could have told us.
void address(Reply& reply, const dhcp::Message& request) {
    const bool broadcast = reply.message.type == Type::Nak || (request.ciaddr == Ipv4{} && request.broadcast);
    reply.to_mac = broadcast ? wire::broadcast_mac : request.chaddr;
    reply.to_address = broadcast ? wire::broadcast_ipv4 : request.ciaddr != Ipv4{} ? request.ciaddr : reply.message.yiaddr;
}

/// Only what the client asks for; a client without option 55 gets what it cannot live without.
void add_network_options(dhcp::Message& message, const dhcp::Message& request, const model::Network& network,
                         const std::string& hostname) {
    static const std::vector<std::uint8_t> least{option::subnet_mask, option::router, option::dns, option::domain};
    const auto& asked = request.parameters.empty() ? least : request.parameters;
    const auto& dhcp = *network.dhcp;
    for (const auto code : asked) {
        switch (code) {
            case option::subnet_mask: message.subnet_mask = Ipv4{network.address.mask()}; break;
            case option::router: message.routers = {network.address.address}; break;
            case option::dns: message.dns = dhcp.dns.empty() ? std::vector{network.address.address} : dhcp.dns; break;
            case option::hostname: message.hostname = hostname; break;
            case option::domain: message.domain = dhcp.domain; break;
            case option::broadcast: message.broadcast_address = network.address.broadcast(); break;
            case option::ntp: message.ntp = dhcp.ntp; break;
            default: break;
        }
    }
}

/// T1 is a half of the lease and T2 seven eighths (RFC 2131 section 4.4.5). Sent because some clients would otherwise renew only
/// at the end. T1 comes up to an eighth earlier, the same for one device each time: those who came in a wave must not renew in one.
void set_times(dhcp::Message& message, Seconds lease) {
    const auto spread = std::hash<Mac>{}(message.chaddr) * 0x9e3779b97f4a7c15u >> 54;  // 0..1023
    message.lease = lease;
    message.renewal = lease / 2 - Seconds{lease.count() / 16 * static_cast<std::int64_t>(spread) / 1024};
    message.rebinding = lease * 7 / 8;
}

}  // namespace

Reply answer(Type type, const dhcp::Message& request, const model::Network& network) {
    Reply reply{.message = {.type = type,
                            .xid = request.xid,
                            .broadcast = request.broadcast,
                            .giaddr = request.giaddr,
                            .chaddr = request.chaddr,
                            .server_id = network.address.address,
                            .client_id = request.client_id},
                .order = request.parameters};
    if (request.max_size) reply.most_bytes = std::clamp<std::size_t>(*request.max_size, 576, 1500) - 28;
    address(reply, request);
    return reply;
}

Reply answer_lease(Type type, const dhcp::Message& request, const model::Network& network, Ipv4 leased, Seconds lease,
                   const std::string& hostname) {
    auto reply = answer(type, request, network);
    reply.message.yiaddr = leased;
    if (type == Type::Ack) reply.message.ciaddr = request.ciaddr;  // Table 3: zero in an OFFER, whatever the client sent.
    set_times(reply.message, lease);
    add_network_options(reply.message, request, network, hostname);
    auto destination = request;
    if (type == Type::Offer) destination.ciaddr = {};
    address(reply, destination);
    return reply;
}

Reply answer_inform(const dhcp::Message& request, const model::Network& network, const std::string& hostname) {
    auto reply = answer(Type::Ack, request, network);
    reply.message.ciaddr = request.ciaddr;
    add_network_options(reply.message, request, network, hostname);
    return reply;
}

Reply answer_nak(const dhcp::Message& request, const model::Network& network, std::string reason) {
    auto reply = answer(Type::Nak, request, network);
    reply.message.message = std::move(reason);
    return reply;
}

void shorten(Reply& reply, Seconds most) {
    if (reply.message.lease && *reply.message.lease > most) set_times(reply.message, most);
}

}  // namespace vivi::dhcpd
