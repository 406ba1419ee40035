// The table `inet vivi` as nft text: what the router does to packets, in a form somebody can read in a test. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/core/result.hpp"
#include "common/model/configuration.hpp"
#include "router/firewall/bans.hpp"
#include "router/firewall/names.hpp"

namespace vivi::firewall {

inline constexpr std::string_view banned_devices_set = own::banned_devices;
inline constexpr std::string_view banned_addresses_set = own::banned_addresses;

/// One transaction that brings our own chains and sets to exactly this, whatever they were; the table is never deleted, because
/// dnsd's sets live in it.
///
///     prerouting (raw)    banned devices and addresses on the networks: dropped before anything sees them
///     input               networks: what the router serves (DHCP, DNS, NTP, ICMP, local page); uplink: answers only; others:
///     open forward             banned addresses first, then established, then networks → uplink (IPv4); everything else is
///     dropped output              nothing to banned addresses postrouting (nat)   masquerade on the uplink
///
/// Invalid when an interface name could not be one (it would be text inside a rule).
Result<std::string> render(const model::Configuration& configuration, const Bans& bans);

/// Linux interface names that need no thought: 1 to 15 of letters, digits, '.', '-', '_', '@', ':'.
bool is_interface_name(std::string_view name) noexcept;

}  // namespace vivi::firewall
