// From the configuration to links.
// SPDX-License-Identifier: Apache-2.0
#include "router/bridged/network_setup.hpp"

#include <algorithm>

namespace vivi::bridged {
namespace {

using Kind = LinkStep::Kind;

/// Documentation/networking/ip-sysctl.rst (kernel.org): neighbour entries kept in any case, before collecting every 5 s, and at
/// most. The defaults 128, 512 and 1024 are too few for 2,000 devices, each with one IPv4 and two or three IPv6 addresses.
void add_neighbour_tables(std::vector<NetworkSetup::Sysctl>& sysctls) {
    for (const auto* family : {"ipv4", "ipv6"}) {
        const auto table = std::string{"net/"} + family + "/neigh/default/gc_thresh";
        sysctls.push_back({table + "1", "4096"});
        sysctls.push_back({table + "2", "8192"});
        sysctls.push_back({table + "3", "16384"});
    }
}

/// The same document: rp_filter (RFC 3704) and send_redirects are the larger of `all` and the device's; an interface that
/// forwards takes router advertisements only with accept_ra 2.
void add_device_sysctls(std::vector<NetworkSetup::Sysctl>& sysctls, const model::Configuration& configuration) {
    const bool is_one_armed = model::topology(configuration) == model::Topology::OneArmed;
    const bool filters_ipv6 = configuration.firewall.ipv6 == model::Ipv6Mode::Filter;
    const auto uplink = model::device_name(configuration.uplink);
    sysctls.push_back({"net/ipv4/conf/all/rp_filter", "0"});
    if (is_one_armed) sysctls.push_back({"net/ipv4/conf/all/send_redirects", "0"});
    std::set<std::string> done;
    for (const auto& network : configuration.networks) {
        const auto device = model::device_name(network);
        if (!done.insert(device).second) continue;
        // Strict where every guest must be; loose where answers may come from anywhere.
        sysctls.push_back({"net/ipv4/conf/" + device + "/rp_filter", device == uplink ? "2" : "1"});
        // Out of the interface a packet came in by: a redirect would tell clients the way around us.
        if (device == uplink) sysctls.push_back({"net/ipv4/conf/" + device + "/send_redirects", "0"});
        // Nobody on a LAN tells the router where to send its packets.
        sysctls.push_back({"net/ipv6/conf/" + device + "/accept_ra", device == uplink && filters_ipv6 ? "2" : "0"});
    }
    if (uplink.empty() || done.contains(uplink)) return;
    sysctls.push_back({"net/ipv4/conf/" + uplink + "/rp_filter", "2"});
    if (filters_ipv6) sysctls.push_back({"net/ipv6/conf/" + uplink + "/accept_ra", "2"});
}

void add_device(NetworkSetup& setup, const std::string& interface, std::optional<std::uint16_t> vlan) {
    if (interface.empty()) return;
    const auto device = model::device_name(interface, vlan);
    setup.devices.insert(interface);
    if (vlan && setup.devices.insert(device).second) setup.vlans.push_back({.device = device, .parent = interface, .id = *vlan});
}

void add_bridge(NetworkSetup& setup, const model::Network& network) {
    if (network.ports.empty() || !setup.bridges.insert(network.interface).second) return;
    for (const auto& port : network.ports) {
        setup.devices.insert(port);
        setup.ports.push_back({.device = port, .bridge = network.interface});
    }
}

bool is_wanted(const NetworkSetup& setup, const std::string& device, const Ipv4Prefix& address) {
    return std::ranges::find(setup.addresses, NetworkSetup::Address{device, address}) != setup.addresses.end();
}

const firewall::Link* by_index(const firewall::Links& seen, int index) {
    const auto found = std::ranges::find(seen.links, index, &firewall::Link::index);
    return found == seen.links.end() ? nullptr : &*found;
}

/// A bridge of ours that is not wanted goes first, and frees its ports and their use.
void add_bridge_steps(std::vector<LinkStep>& steps, const NetworkSetup& setup, const firewall::Links& seen) {
    for (const auto& link : seen.links) {
        if (link.is_ours && !setup.bridges.contains(link.name))
            steps.push_back({.kind = Kind::RemoveBridge, .device = link.name});
        const auto* master = link.master == 0 ? nullptr : by_index(seen, link.master);
        if (master == nullptr || !master->is_ours || !setup.bridges.contains(master->name)) continue;
        if (std::ranges::find(setup.ports, NetworkSetup::Port{link.name, master->name}) == setup.ports.end())
            steps.push_back({.kind = Kind::RemovePort, .device = link.name});
    }
    for (const auto& bridge : setup.bridges) {
        if (seen.find(bridge) == nullptr) steps.push_back({.kind = Kind::AddBridge, .device = bridge});
    }
    for (const auto& port : setup.ports) {
        const auto *link = seen.find(port.device), *bridge = seen.find(port.bridge);
        if (link != nullptr && bridge != nullptr && link->master != bridge->index)
            steps.push_back({.kind = Kind::AddPort, .device = port.device, .parent = port.bridge});
    }
}

/// New ones before old ones go: a device that changes its address is never without one.
void add_address_steps(std::vector<LinkStep>& steps, const NetworkSetup& setup, const firewall::Links& seen) {
    for (const auto& wanted : setup.addresses) {
        const auto* link = seen.find(wanted.device);
        if (link == nullptr) continue;
        const bool is_there = std::ranges::any_of(seen.addresses, [&](const firewall::LinkAddress& one) {
            return one.index == link->index && one.address == wanted.address;
        });
        if (!is_there) steps.push_back({.kind = Kind::AddAddress, .device = wanted.device, .address = wanted.address});
    }
    for (const auto& there : seen.addresses) {
        const auto* link = by_index(seen, there.index);
        const bool goes_with_its_bridge = link != nullptr && link->is_ours && !setup.bridges.contains(link->name);
        if (there.is_ours && link != nullptr && !goes_with_its_bridge && !is_wanted(setup, link->name, there.address))
            steps.push_back({.kind = Kind::RemoveAddress, .device = link->name, .address = there.address});
    }
}

void add_route_steps(std::vector<LinkStep>& steps, const NetworkSetup& setup, const firewall::Links& seen) {
    const auto& wanted = setup.default_route;
    const auto* uplink = wanted ? seen.find(wanted->device) : nullptr;
    const auto is_wanted_route = [&](const firewall::DefaultRoute& route) {
        return uplink != nullptr && route.index == uplink->index && route.gateway == wanted->gateway;
    };
    if (uplink != nullptr && std::ranges::none_of(seen.routes, is_wanted_route))
        steps.push_back({.kind = Kind::SetDefaultRoute, .device = wanted->device, .address = {wanted->gateway, 32}});
    if (wanted) return;  // Setting ours replaces the one before.
    for (const auto& route : seen.routes) {
        const auto* link = by_index(seen, route.index);
        if (route.is_ours && link != nullptr)
            steps.push_back({.kind = Kind::RemoveDefaultRoute, .device = link->name, .address = {route.gateway, 32}});
    }
}

}  // namespace

NetworkSetup network_setup(const model::Configuration& configuration) {
    NetworkSetup setup;
    for (const auto& network : configuration.networks) {
        add_bridge(setup, network);
        add_device(setup, network.interface, network.vlan);
        setup.addresses.push_back({.device = model::device_name(network), .address = network.address});
    }
    const auto& uplink = configuration.uplink;
    add_device(setup, uplink.interface, uplink.vlan);
    if (uplink.mode == model::UplinkMode::Static && !uplink.interface.empty()) {
        if (uplink.address) setup.addresses.push_back({.device = model::device_name(uplink), .address = *uplink.address});
        if (uplink.gateway) setup.default_route = {.device = model::device_name(uplink), .gateway = *uplink.gateway};
    }
    add_neighbour_tables(setup.sysctls);
    add_device_sysctls(setup.sysctls, configuration);
    const bool filters_ipv6 = configuration.firewall.ipv6 == model::Ipv6Mode::Filter;
    setup.sysctls.push_back({"net/ipv6/conf/all/forwarding", filters_ipv6 ? "1" : "0"});
    return setup;
}

std::vector<LinkStep> link_steps(const NetworkSetup& setup, const firewall::Links& seen) {
    std::vector<LinkStep> steps;
    add_bridge_steps(steps, setup, seen);
    for (const auto& vlan : setup.vlans) {
        if (seen.find(vlan.device) == nullptr && seen.find(vlan.parent) != nullptr)
            steps.push_back({.kind = Kind::AddVlan, .device = vlan.device, .parent = vlan.parent, .vlan = vlan.id});
    }
    for (const auto& device : setup.devices) {
        const auto* link = seen.find(device);
        if (link != nullptr && !link->is_up) steps.push_back({.kind = Kind::SetUp, .device = device});
    }
    add_address_steps(steps, setup, seen);
    add_route_steps(steps, setup, seen);
    return steps;
}

std::vector<std::string> missing_devices(const NetworkSetup& setup, const firewall::Links& seen) {
    std::vector<std::string> missing;
    for (const auto& device : setup.devices) {
        if (seen.find(device) == nullptr) missing.push_back(device);
    }
    return missing;
}

std::string to_string(const LinkStep& step) {
    switch (step.kind) {
        case Kind::RemoveBridge: return "remove the bridge " + step.device;
        case Kind::AddBridge: return "add the bridge " + step.device;
        case Kind::AddPort: return "add " + step.device + " to the bridge " + step.parent;
        case Kind::RemovePort: return "remove " + step.device + " from its bridge";
        case Kind::AddVlan: return "add " + step.device + " (VLAN " + std::to_string(step.vlan) + " of " + step.parent + ")";
        case Kind::SetUp: return "set " + step.device + " up";
        case Kind::AddAddress: return "add " + vivi::to_string(step.address) + " to " + step.device;
        case Kind::RemoveAddress: return "remove " + vivi::to_string(step.address) + " from " + step.device;
        case Kind::SetDefaultRoute: return "default route by " + vivi::to_string(step.address.address) + " on " + step.device;
        case Kind::RemoveDefaultRoute:
            return "no default route by " + vivi::to_string(step.address.address) + " on " + step.device;
    }
    return {};
}

}  // namespace vivi::bridged
