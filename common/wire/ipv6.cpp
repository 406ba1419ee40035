// The IPv6 header and a bounded walk through its extension headers.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/ipv6.hpp"

#include <algorithm>

namespace vivi::wire::ipv6 {
namespace {

constexpr std::size_t header_bytes = 40, most_payload_length = 65'535;
constexpr int most_extensions = 8;

/// Protocol numbers of extension headers (RFC 8200 section 4, RFC 4302, RFC 6275, RFC 7401, RFC 5533).
constexpr std::uint8_t hop_by_hop = 0, routing = 43, fragment = 44, authentication = 51, destination_options = 60, mobility = 135,
                       host_identity = 139, shim6 = 140;

constexpr std::uint16_t fragment_offset = 0xfff8;  // Above two reserved bits and the M flag.

Ipv6 read_address(Reader& in) noexcept {
    Ipv6 address;
    for (auto& octet : address.octets) octet = in.u8();
    return address;
}

/// Skips the extension header that `packet.protocol` says comes next. False when it is none of them: the payload is here.
bool skip_extension(Reader& in, Packet& packet) noexcept {
    switch (packet.protocol) {
        case hop_by_hop:
        case routing:
        case destination_options:
        case mobility:
        case host_identity:
        case shim6: {
            packet.protocol = in.u8();
            const std::size_t units = in.u8();  // Of eight bytes, the first not counted.
            in.take(units * 8 + 6);
            return true;
        }
        case fragment: {
            packet.protocol = in.u8();
            in.take(1);
            packet.starts_payload = (in.u16() & fragment_offset) == 0;
            in.take(4);  // identification
            return packet.starts_payload;
        }
        case authentication: {
            packet.protocol = in.u8();
            const std::size_t words = in.u8();  // Of four bytes, minus two (RFC 4302 section 2.2).
            in.take((words + 2) * 4 - 2);
            return true;
        }
        default: return false;
    }
}

}  // namespace

std::expected<Packet, ParseError> parse(BytesView bytes, std::size_t on_wire) noexcept {
    Reader in{bytes};
    Packet packet;
    const auto version = in.u32() >> 28;  // then traffic class and flow label
    const std::size_t payload_length = in.u16();
    packet.protocol = in.u8();
    packet.hop_limit = in.u8();
    packet.source = read_address(in);
    packet.destination = read_address(in);

    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (version != 6) return std::unexpected{ParseError::Unsupported};
    if (on_wire < bytes.size()) return std::unexpected{ParseError::Malformed};

    const bool is_beyond_length = payload_length == 0 && on_wire > header_bytes + most_payload_length;
    packet.total_bytes = is_beyond_length ? on_wire : std::min(header_bytes + payload_length, on_wire);
    Reader payload{in.rest().first(std::min(in.remaining(), packet.total_bytes - header_bytes))};
    int extensions = 0;
    while (payload.ok() && extensions < most_extensions && skip_extension(payload, packet)) ++extensions;
    if (!payload.ok() || extensions == most_extensions) packet.starts_payload = false;
    if (packet.starts_payload) packet.payload = payload.rest();
    return packet;
}

Ipv6 mapped(Ipv4 address) noexcept {
    Ipv6 result;
    result.octets[10] = result.octets[11] = 0xff;
    for (std::size_t i = 0; i < 4; ++i) result.octets[12 + i] = static_cast<std::uint8_t>(address.value >> (24 - 8 * i));
    return result;
}

bool is_mapped(const Ipv6& address) noexcept {
    return std::all_of(address.octets.begin(), address.octets.begin() + 10, [](auto octet) { return octet == 0; }) &&
           address.octets[10] == 0xff && address.octets[11] == 0xff;
}

Ipv4 unmapped(const Ipv6& address) noexcept {
    Ipv4 result;
    for (std::size_t i = 12; i < 16; ++i) result.value = result.value << 8 | address.octets[i];
    return result;
}

}  // namespace vivi::wire::ipv6
