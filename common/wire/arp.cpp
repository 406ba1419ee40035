// The ARP message, straight down.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/arp.hpp"

#include "common/wire/ethernet.hpp"

namespace vivi::wire::arp {
namespace {

constexpr std::uint16_t hardware_ethernet = 1;
constexpr std::uint8_t mac_bytes = 6, ipv4_bytes = 4;

Mac read_mac(Reader& in) noexcept {
    Mac mac;
    for (auto& octet : mac.octets) octet = in.u8();
    return mac;
}

void write(Writer& out, const Mac& mac) {
    for (const auto octet : mac.octets) out.u8(octet);
}

}  // namespace

std::expected<Message, ParseError> parse(BytesView bytes) noexcept {
    Reader in{bytes};
    const auto hardware = in.u16();
    const auto protocol = in.u16();
    const auto hardware_length = in.u8();
    const auto protocol_length = in.u8();
    const auto operation = in.u16();
    Message message;
    message.sender = read_mac(in);
    message.sender_address = {in.u32()};
    message.target = read_mac(in);
    message.target_address = {in.u32()};
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (hardware != hardware_ethernet || protocol != ethernet::type_ipv4 || hardware_length != mac_bytes ||
        protocol_length != ipv4_bytes)
        return std::unexpected{ParseError::Unsupported};
    if (operation != 1 && operation != 2) return std::unexpected{ParseError::Unsupported};
    message.operation = static_cast<Operation>(operation);
    return message;
}

Bytes serialize(const Message& message) {
    Writer out;
    out.u16(hardware_ethernet).u16(ethernet::type_ipv4).u8(mac_bytes).u8(ipv4_bytes);
    out.u16(static_cast<std::uint16_t>(message.operation));
    write(out, message.sender);
    out.u32(message.sender_address.value);
    write(out, message.target);
    out.u32(message.target_address.value);
    return out.take_bytes();
}

}  // namespace vivi::wire::arp
