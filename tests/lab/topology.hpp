// The simulated event's network: namespaces, bridge, veth pairs and addresses, as the ip(8) commands that make and remove it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/core/result.hpp"

namespace vivi::lab {

//   guest1 eth0 ── lan1 ┐
//   guest2 eth0 ── lan2 ├ br-lan  router  uplink0 ── eth0  internet   (198.51.100.0/24; sites in 198.18.0.0/24)
//   …                   ┘  10.66.0.1/22   server0 ── eth0  server     (203.0.113.0/24)
//
// One-armed: guests and the router's eth0 (10.66.0.1) stand on the real router's bridge (internet, br-lan, 10.66.0.254):
//
//   guest1 eth0 ── lan1 ┐
//   guest2 eth0 ── lan2 ├ br-lan  internet
//   router eth0 ── arm0 ┘  10.66.0.254/22     router  server0 ── eth0  server
//
// IPv6 is there for whoever gives itself an address: 2001:db8:66::/64 at the LAN, the router is ::1; sites in 2001:db8:18::/64.
// Nothing is attached to an interface of the machine itself.

inline constexpr const char* internet_namespace = "vivi-internet";
inline constexpr const char* router_namespace = "vivi-router";
inline constexpr const char* server_namespace = "vivi-server";

/// "vivi-guest3" for 3; guests count from 1.
std::string guest_namespace(int guest);

/// 02:76:69:76:69:03 for 3, or one with a vendor's prefix for every third guest.
std::string guest_mac(int guest);

struct Shape {
    int guests = 12;
    int sites = 40;            ///< Addresses of the simulated internet: 198.18.0.1 and on.
    bool one_armed = false;    ///< The router has one interface for guests and uplink.
    bool server_only = false;  ///< No router, internet or guests.
};

/// Every namespace of the shape.
std::vector<std::string> namespaces(const Shape& shape);

/// Arguments of ip(8), one command each, in order.
std::vector<std::vector<std::string>> make_commands(const Shape& shape);

/// Removes leftovers of any shape, then makes this one. Denied when not root.
Status make(const Shape& shape);

/// Deletes every namespace whose name starts with "vivi-" and is of a lab; the interfaces go with them.
void remove();

}  // namespace vivi::lab
