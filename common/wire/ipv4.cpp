// The IPv4 header, straight down.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/ipv4.hpp"

#include <algorithm>

namespace vivi::wire::ipv4 {
namespace {

constexpr std::size_t least_header = 20;
constexpr std::uint16_t fragment_offset = 0x1fff;  // Below the three flag bits; in units of eight bytes.

}  // namespace

std::expected<Packet, ParseError> parse(BytesView bytes, std::size_t on_wire) noexcept {
    Reader in{bytes};
    Packet packet;
    const auto version_and_length = in.u8();
    in.take(1);  // type of service
    const std::size_t total_length = in.u16();
    in.take(2);  // identification
    packet.starts_payload = (in.u16() & fragment_offset) == 0;
    in.take(1);  // time to live
    packet.protocol = in.u8();
    in.take(2);  // checksum
    packet.source = {in.u32()};
    packet.destination = {in.u32()};
    const std::size_t header = (version_and_length & 0x0fU) * 4U;  // IHL counts 32-bit words.

    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (version_and_length >> 4 != 4) return std::unexpected{ParseError::Unsupported};
    if (header < least_header || on_wire < bytes.size() || on_wire < header) return std::unexpected{ParseError::Malformed};
    if (total_length != 0 && total_length < header) return std::unexpected{ParseError::Malformed};
    in.take(header - least_header);  // options
    if (!in.ok()) return std::unexpected{ParseError::Truncated};

    packet.total_bytes = total_length == 0 ? on_wire : std::min(total_length, on_wire);
    packet.payload = in.rest().first(std::min(in.remaining(), packet.total_bytes - header));
    return packet;
}

}  // namespace vivi::wire::ipv4
