// What one captured frame says to the flow table: from Ethernet down to the payload, in one value.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"
#include "common/wire/parse_error.hpp"

namespace vivi::pcapd {

/// An IP packet on the LAN. IPv4 addresses come mapped (::ffff:a.b.c.d), so both families are one type.
struct Packet {
    Mac source_mac{};
    Mac destination_mac{};
    std::optional<std::uint16_t> vlan{};
    Ipv6 source{};
    Ipv6 destination{};
    std::uint8_t protocol = 0;
    std::uint16_t source_port = 0;  ///< Zero, as the next, when there is none: a later fragment, ICMP, a header cut short.
    std::uint16_t destination_port = 0;
    std::uint32_t sequence = 0;     ///< TCP: of the first octet of the payload, or of the SYN.
    bool opens = false;             ///< TCP SYN.
    bool closes = false;            ///< TCP FIN or RST.
    std::uint64_t bytes = 0;        ///< What is counted: the IP packet, header included, link header and padding not.
    bool announces_router = false;  ///< An ICMPv6 router advertisement that hosts obey.
    BytesView payload{};            ///< Of TCP or UDP, as far as captured. Views the frame.
};

/// `captured` is what the snapshot kept of a frame of `on_wire` bytes. Unsupported: not IP, nothing to count.
std::expected<Packet, wire::ParseError> dissect(BytesView captured, std::size_t on_wire) noexcept;

}  // namespace vivi::pcapd
