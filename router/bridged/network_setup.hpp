// What the machine's links, addresses, routes and sysctls must be for a configuration, and the steps that lead there. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/model/configuration.hpp"
#include "router/firewall/links.hpp"

namespace vivi::bridged {

struct NetworkSetup {
    struct Vlan {
        std::string device{}, parent{};
        std::uint16_t id = 0;
        bool operator==(const Vlan&) const = default;
    };
    struct Port {
        std::string device{}, bridge{};
        bool operator==(const Port&) const = default;
    };
    struct Address {
        std::string device{};
        Ipv4Prefix address{};
        bool operator==(const Address&) const = default;
    };
    struct Route {
        std::string device{};
        Ipv4 gateway{};
        bool operator==(const Route&) const = default;
    };
    struct Sysctl {
        std::string path{};  ///< Below /proc/sys.
        std::string value{};
        bool operator==(const Sysctl&) const = default;
    };

    std::set<std::string> devices{};  ///< To be up: of networks and uplink, and what their VLANs are on.
    std::set<std::string> bridges{};  ///< To be made where they are not there.
    std::vector<Port> ports{};
    std::vector<Vlan> vlans{};
    std::vector<Address> addresses{};
    std::optional<Route> default_route{};
    std::vector<Sysctl> sysctls{};
};

/// Addresses of the networks; a static uplink's address and route. An uplink by DHCP is left to the system's own client.
/// IPv6 is forwarded only when the configuration filters it. Sources of the sysctls are in the .cpp.
NetworkSetup network_setup(const model::Configuration& configuration);

/// One thing to do; `device` by name, because making one gives it its index.
struct LinkStep {
    enum class Kind : std::uint8_t {
        RemoveBridge,
        AddBridge,
        AddPort,
        RemovePort,
        AddVlan,
        SetUp,
        AddAddress,
        RemoveAddress,
        SetDefaultRoute,
        RemoveDefaultRoute
    };
    Kind kind = Kind::SetUp;
    std::string device{};
    std::string parent{};  ///< AddVlan; AddPort: the bridge.
    std::uint16_t vlan = 0;
    Ipv4Prefix address{};  ///< AddAddress, RemoveAddress; its address is the gateway of routes.
    bool operator==(const LinkStep&) const = default;
};
std::string to_string(const LinkStep& step);

/// From what is there to what shall be, in the order to do them. Takes away only what carries our mark. A device that is not
/// there has no steps: it is in missing_devices().
std::vector<LinkStep> link_steps(const NetworkSetup& setup, const firewall::Links& seen);
std::vector<std::string> missing_devices(const NetworkSetup& setup, const firewall::Links& seen);

}  // namespace vivi::bridged
