// The Ethernet header, straight down.
// SPDX-License-Identifier: Apache-2.0
#include "common/wire/ethernet.hpp"

namespace vivi::wire::ethernet {
namespace {

constexpr int most_tags = 2;
constexpr std::uint16_t vlan_identifier = 0x0fff;  // The lower 12 bits of the tag; priority and DEI are above.
constexpr std::uint16_t least_ethertype = 0x0600;  // Below it, the field is a length (IEEE 802.3 section 3.2.6).

Mac read_mac(Reader& in) noexcept {
    Mac mac;
    for (auto& octet : mac.octets) octet = in.u8();
    return mac;
}

bool is_tag(std::uint16_t ethertype) noexcept { return ethertype == type_vlan || ethertype == type_service_vlan; }

}  // namespace

std::expected<Frame, ParseError> parse(BytesView bytes) noexcept {
    Reader in{bytes};
    Frame frame;
    frame.destination = read_mac(in);
    frame.source = read_mac(in);
    frame.ethertype = in.u16();
    for (int tag = 0; tag < most_tags && is_tag(frame.ethertype); ++tag) {
        const auto identifier = static_cast<std::uint16_t>(in.u16() & vlan_identifier);
        if (!frame.vlan) frame.vlan = identifier;
        frame.ethertype = in.u16();
    }
    if (!in.ok()) return std::unexpected{ParseError::Truncated};
    if (frame.ethertype < least_ethertype || is_tag(frame.ethertype)) return std::unexpected{ParseError::Unsupported};
    frame.payload = in.rest();
    return frame;
}

Bytes serialize(const Frame& frame) {
    Writer out;
    for (const auto octet : frame.destination.octets) out.u8(octet);
    for (const auto octet : frame.source.octets) out.u8(octet);
    if (frame.vlan) out.u16(type_vlan).u16(*frame.vlan & vlan_identifier);
    return out.u16(frame.ethertype).put(frame.payload).take_bytes();
}

}  // namespace vivi::wire::ethernet
