// Names in the table `inet vivi`, each with its one writer: what the ruleset's text, the netlink writers and the tests agree on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vivi::firewall {

inline constexpr std::string_view table = "vivi";

/// Sets and maps of bridged: filled and flushed with the chains.
namespace own {
inline constexpr std::string_view banned_devices = "banned_devices";        ///< ether_addr
inline constexpr std::string_view banned_addresses = "banned_addresses";    ///< ipv4_addr
inline constexpr std::string_view banned_addresses6 = "banned_addresses6";  ///< ipv6_addr
inline constexpr std::string_view protected_devices = "protected_devices";  ///< ether_addr
inline constexpr std::string_view admitted_devices = "admitted_devices";  ///< ether_addr; asked when new devices are not allowed
inline constexpr std::string_view views = "views";                        ///< map ether_addr : mark (policy::ViewId)
inline constexpr std::string_view leased = "leased";                      ///< ipv4_addr . ether_addr; anti-spoofing
inline constexpr std::string_view leased_addresses = "leased_addresses";  ///< ipv4_addr; likewise
inline constexpr std::string_view limited = "limited";                    ///< map ether_addr : mark (LimitClass)
inline constexpr std::string_view limited4 = "limited4";                  ///< map ipv4_addr : mark; the same device's addresses
inline constexpr std::string_view limited6 = "limited6";                  ///< map ipv6_addr : mark
}  // namespace own

/// Made by bridged with the table, never flushed by a refill: elements come and go one by one, with timeouts.
namespace dynamic {
inline constexpr std::string_view allowed4 = "allowed4";  ///< dnsd: mark . ipv4_addr, timeout
inline constexpr std::string_view allowed6 = "allowed6";  ///< dnsd: mark . ipv6_addr, timeout
inline constexpr std::string_view cut4 =
    "cut4";  ///< bridged: inet_proto . ipv4_addr (local) . inet_service . ipv4_addr (remote) . inet_service
inline constexpr std::string_view cut6 = "cut6";  ///< likewise, ipv6_addr
}  // namespace dynamic

}  // namespace vivi::firewall
