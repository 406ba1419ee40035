// Between frames of an interface and what the engine speaks about.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "common/core/bytes.hpp"
#include "common/wire/arp.hpp"
#include "common/wire/dhcp.hpp"
#include "router/dhcpd/outcome.hpp"

namespace vivi::dhcpd {

struct Heard {
    Mac from{};  ///< The frame's source.
    wire::dhcp::Message message{};
};

/// A DHCP message to a server or a client, or nothing. UDP checksums are not verified: a neighbour on the same machine leaves
/// them to a card that does not exist.
std::optional<Heard> parse_dhcp_frame(BytesView frame);
/// The frame of an answer, from a server with these addresses.
Bytes reply_frame(const Reply& reply, Mac own_mac, Ipv4 own_address);

/// An ARP reply, or nothing.
std::optional<wire::arp::Message> parse_arp_frame(BytesView frame);
/// RFC 5227 section 2.1.1: a broadcast request that claims no address for us.
Bytes probe_frame(Probe probe, Mac own_mac);

}  // namespace vivi::dhcpd
