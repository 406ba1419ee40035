// Ethernet, IPv4 and UDP headers around a payload.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/udp_frame.hpp"

namespace vivi::wire {
namespace {

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint8_t protocol_udp = 17;
constexpr std::size_t ip_header_bytes = 20, udp_header_bytes = 8;

/// RFC 791 section 3.1.
Bytes ip_header(Ipv4 from, Ipv4 to, std::size_t total_bytes) {
    Writer out;
    out.u8(0x45).u8(0).u16(static_cast<std::uint16_t>(total_bytes));  // Version 4, five words; TOS 0.
    out.u16(0).u16(0x4000).u8(64).u8(protocol_udp).u16(0);            // Identification 0, DF; TTL 64.
    out.u32(from.value).u32(to.value);
    out.patch_u16(10, finish_checksum(add_to_checksum(0, out.view())));
    return out.take_bytes();
}

/// RFC 768: the checksum covers a pseudo header; a computed zero is sent as all ones, because zero means "none".
Bytes udp_datagram(const Endpoint& from, const Endpoint& to, BytesView payload) {
    const auto length = static_cast<std::uint16_t>(udp_header_bytes + payload.size());
    Writer pseudo;
    pseudo.u32(from.address.value).u32(to.address.value).u8(0).u8(protocol_udp).u16(length);
    Writer out;
    out.u16(from.port).u16(to.port).u16(length).u16(0).put(payload);
    const auto checksum = finish_checksum(add_to_checksum(add_to_checksum(0, pseudo.view()), out.view()));
    out.patch_u16(6, checksum == 0 ? 0xffff : checksum);
    return out.take_bytes();
}

}  // namespace

std::uint32_t add_to_checksum(std::uint32_t sum, BytesView bytes) noexcept {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto octet = std::to_integer<std::uint32_t>(bytes[i]);
        sum += i % 2 == 0 ? octet << 8 : octet;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

std::uint16_t finish_checksum(std::uint32_t sum) noexcept {
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(~sum);
}

Bytes udp_frame(const Endpoint& from, const Endpoint& to, BytesView payload) {
    const auto datagram = udp_datagram(from, to, payload);
    Writer out;
    out.put(std::as_bytes(std::span{to.mac.octets})).put(std::as_bytes(std::span{from.mac.octets})).u16(ethertype_ipv4);
    out.put(ip_header(from.address, to.address, ip_header_bytes + datagram.size())).put(datagram);
    return out.take_bytes();
}

}  // namespace vivi::wire
