// Answers, field by field: RFC 2131 table 3 and the options of RFC 2132.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/model/configuration.hpp"
#include "router/dhcpd/outcome.hpp"

namespace vivi::dhcpd {

/// The header of an answer of `type` to `request`, its destination, and what every answer carries: server identifier (option 54)
/// and the client's identifier byte for byte (RFC 6842). `network` must have DHCP.
Reply answer(wire::dhcp::Type type, const wire::dhcp::Message& request, const model::Network& network);

/// OFFER and ACK of a lease: yiaddr, options 51, 58, 59 always, the network's options when asked for.
Reply answer_lease(wire::dhcp::Type type, const wire::dhcp::Message& request, const model::Network& network, Ipv4 address,
                   Seconds lease, const std::string& hostname);

/// ACK of an INFORM: the network's options, no yiaddr, no times (RFC 2131 section 4.3.5).
Reply answer_inform(const wire::dhcp::Message& request, const model::Network& network, const std::string& hostname);

/// NAK: always broadcast, without addresses (RFC 2131 section 4.1 and table 3).
Reply answer_nak(const wire::dhcp::Message& request, const model::Network& network, std::string reason);

/// The same promise for a shorter time: when it could not be written down.
void shorten(Reply& reply, Seconds most);

}  // namespace vivi::dhcpd
