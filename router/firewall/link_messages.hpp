// rtnetlink requests about links as bytes (rtnetlink(7)): built here, sent by links.cpp, read by tests. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/core/bytes.hpp"
#include "common/core/net.hpp"

namespace vivi::firewall {

/// RTM_NEWLINK, created and not replaced, acknowledged: IFLA_LINK, IFLA_IFNAME, IFLA_LINKINFO { kind "vlan", IFLA_VLAN_ID }.
Bytes vlan_message(std::uint32_t sequence, int parent, const std::string& name, std::uint16_t id);
/// The same for IFLA_IFNAME, IFLA_GROUP (ours) and kind "bridge".
Bytes bridge_message(std::uint32_t sequence, const std::string& name);
/// RTM_NEWLINK that makes it a port of `bridge`, or of none when that is 0: IFLA_MASTER.
Bytes master_message(std::uint32_t sequence, int index, int bridge);
/// RTM_DELLINK.
Bytes remove_message(std::uint32_t sequence, int index);
/// RTM_NEWLINK that sets IFF_UP and nothing else.
Bytes up_message(std::uint32_t sequence, int index);

enum class Verb : std::uint8_t { Add, Remove };
/// RTM_NEWADDR or RTM_DELADDR with IFA_LOCAL, IFA_ADDRESS and, up to /30, IFA_BROADCAST; an added one carries our IFA_PROTO.
Bytes address_message(std::uint32_t sequence, Verb verb, int index, Ipv4Prefix address);
/// RTM_NEWROUTE (replacing) or RTM_DELROUTE: 0.0.0.0/0 of the main table through `gateway`, with our rtm_protocol.
Bytes default_route_message(std::uint32_t sequence, Verb verb, int index, Ipv4 gateway);

}  // namespace vivi::firewall
