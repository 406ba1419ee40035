// Whatever a network's devices send, and whenever: the engine goes on, and no address has two owners at once.
// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "router/dhcpd/engine.hpp"

namespace {

using namespace vivi;
using wire::dhcp::Message;

Mac one_of_eight(std::uint8_t choice) { return {{0x02, 0, 0, 0, 0, static_cast<std::uint8_t>(choice & 7)}}; }
Ipv4 near_the_pool(std::uint8_t choice) { return {0x0a42005e + (choice & 31u)}; }  // 10.66.0.94 … .125; the pool is .100 … .107.

Message message_from(Reader& in) {
    const auto present = in.u8();
    Message message{
        .type = static_cast<wire::dhcp::Type>(1 + in.u8() % 8), .broadcast = (present & 1) != 0, .chaddr = one_of_eight(in.u8())};
    if (present & 2) message.ciaddr = near_the_pool(in.u8());
    if (present & 4) message.requested = near_the_pool(in.u8());
    if (present & 8) message.server_id = Ipv4{0x0a420001 + (in.u8() & 1u)};
    if (present & 16) message.client_id = Bytes(1, std::byte{static_cast<unsigned char>(in.u8() & 1)});
    return message;
}

model::Network network_from(std::uint8_t choice) {
    model::Network network{.name = "lan", .interface = "br-lan", .address = {{0x0a420001}, 24}};
    network.dhcp = model::Dhcp{.from = {0x0a420064}, .to = {0x0a420064 + (choice & 7u)}, .lease = Seconds{60}};
    if (choice & 8) network.dhcp->reservations.push_back({.device = one_of_eight(choice >> 4), .address = near_the_pool(choice)});
    return network;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Reader in{std::as_bytes(std::span{data, size})};
    dhcpd::Engine engine{network_from(in.u8()), {}, {.most_parked = 2}};
    dhcpd::Now now{};
    struct Promise {
        Mac device;
        Bytes client_id;
        Instant until;
    };
    std::map<Ipv4, Promise> promised;  // By what was said on the wire and in the log, not by what the engine believes.
    const auto watch = [&](const dhcpd::Outcome& out) {
        for (const auto& change : out.changes) {
            if (change.topic != model::topic::lease_granted && change.topic != model::topic::lease_renewed)
                promised.erase(change.lease.address);
        }
        for (const auto& [message, order, most, mac, address] : out.replies) {
            if (message.type != wire::dhcp::Type::Ack || !message.lease) continue;
            const auto other = promised.find(message.yiaddr);
            const bool is_others = other != promised.end() && other->second.until > now.steady &&
                                   (other->second.device != message.chaddr || other->second.client_id != message.client_id);
            if (is_others) __builtin_trap();
            promised[message.yiaddr] = {message.chaddr, message.client_id, now.steady + *message.lease};
        }
    };
    while (!in.done()) {
        switch (in.u8() % 8) {
            case 0:
                now.steady += Milliseconds{in.u16()};
                now.wall += Milliseconds{in.u16()};
                watch(engine.tick(now));
                break;
            case 1: watch(engine.in_use(near_the_pool(in.u8()), one_of_eight(in.u8()), now)); break;
            case 2: watch(engine.configure(network_from(in.u8()), {}, now)); break;
            default: {
                const auto message = message_from(in);
                watch(engine.handle(message, message.chaddr, now));
            }
        }
        if (const auto next = engine.next_deadline(); next && *next < now.steady) watch(engine.tick(now));
        if (engine.pool().used() != engine.pool().count(dhcpd::Binding::State::Leased) +
                                        engine.pool().count(dhcpd::Binding::State::Offered) +
                                        engine.pool().count(dhcpd::Binding::State::Quarantined))
            __builtin_trap();
    }
    return 0;
}
