// Makes and removes the simulated event's network.
// SPDX-License-Identifier: Apache-2.0
#include "tests/lab/topology.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <regex>

#include "tests/lab/process.hpp"

namespace vivi::lab {
namespace {

using Command = std::vector<std::string>;

std::string octet(int value) {
    char text[3];
    std::snprintf(text, sizeof text, "%02x", static_cast<unsigned>(value) & 0xffU);
    return text;
}

void add_pair(std::vector<Command>& commands, const std::string& left_ns, const std::string& left, const std::string& right_ns,
              const std::string& right) {
    commands.push_back({"link", "add", left, "netns", left_ns, "type", "veth", "peer", "name", right, "netns", right_ns});
    commands.push_back({"-n", left_ns, "link", "set", left, "up"});
    commands.push_back({"-n", right_ns, "link", "set", right, "up"});
}

/// `bridge_ns`: where br-lan is.
void add_guest(std::vector<Command>& commands, int guest, const std::string& bridge_ns) {
    const auto port = "lan" + std::to_string(guest);
    const auto name = guest_namespace(guest);
    commands.push_back({"link", "add", port, "netns", bridge_ns, "type", "veth", "peer", "name", "eth0", "netns", name});
    commands.push_back({"-n", name, "link", "set", "eth0", "address", guest_mac(guest), "up"});
    commands.push_back({"-n", bridge_ns, "link", "set", port, "master", "br-lan", "up"});
}

void add_bridge(std::vector<Command>& commands, const std::string& ns, const std::string& mac, const std::string& address) {
    commands.push_back({"-n", ns, "link", "add", "br-lan", "address", mac, "type", "bridge"});
    commands.push_back({"-n", ns, "address", "add", address, "dev", "br-lan"});
    commands.push_back({"-n", ns, "link", "set", "br-lan", "up"});
}

/// LAN and uplink on interfaces of their own.
void add_two_sides(std::vector<Command>& commands) {
    const std::string router = router_namespace, internet = internet_namespace;
    add_bridge(commands, router, "02:76:69:76:ff:01", "10.66.0.1/22");
    add_pair(commands, router, "uplink0", internet, "eth0");
    commands.push_back({"-n", router, "address", "add", "198.51.100.2/24", "dev", "uplink0"});
    commands.push_back({"-n", internet, "address", "add", "198.51.100.1/24", "dev", "eth0"});
    commands.push_back({"-n", router, "route", "add", "default", "via", "198.51.100.1"});
    commands.push_back({"-n", router, "address", "add", "2001:db8:66::1/64", "dev", "br-lan", "nodad"});
    commands.push_back({"-n", router, "address", "add", "2001:db8:100::2/64", "dev", "uplink0", "nodad"});
    commands.push_back({"-n", internet, "address", "add", "2001:db8:100::1/64", "dev", "eth0", "nodad"});
    commands.push_back({"-n", router, "route", "add", "default", "via", "2001:db8:100::1"});
    commands.push_back({"-n", internet, "route", "add", "2001:db8:66::/64", "via", "2001:db8:100::2"});
}

/// Guests, the real router and ours on one bridge.
void add_one_arm(std::vector<Command>& commands) {
    const std::string router = router_namespace, internet = internet_namespace;
    add_bridge(commands, internet, "02:76:69:76:ff:fe", "10.66.0.254/22");
    commands.push_back({"-n", internet, "address", "add", "198.51.100.1/24", "dev", "lo"});
    commands.push_back({"link", "add", "arm0", "netns", internet, "type", "veth", "peer", "name", "eth0", "netns", router});
    commands.push_back({"-n", internet, "link", "set", "arm0", "master", "br-lan", "up"});
    commands.push_back({"-n", router, "link", "set", "eth0", "address", "02:76:69:76:ff:01", "up"});
    commands.push_back({"-n", router, "address", "add", "10.66.0.1/22", "dev", "eth0"});
    commands.push_back({"-n", router, "route", "add", "default", "via", "10.66.0.254"});
}

}  // namespace

std::string guest_namespace(int guest) { return "vivi-guest" + std::to_string(guest); }

std::string guest_mac(int guest) {
    const std::string prefix = guest % 3 == 0 ? "3c:22:fb:76:" : "02:76:69:76:";
    return prefix + octet(guest >> 8) + ":" + octet(guest);
}

std::vector<std::string> namespaces(const Shape& shape) {
    std::vector<std::string> names{server_namespace};
    if (shape.server_only) return names;
    names.insert(names.end(), {internet_namespace, router_namespace});
    for (int guest = 1; guest <= shape.guests; ++guest) names.push_back(guest_namespace(guest));
    return names;
}

std::vector<Command> make_commands(const Shape& shape) {
    std::vector<Command> commands;
    for (const auto& name : namespaces(shape)) {
        commands.push_back({"netns", "add", name});
        commands.push_back({"-n", name, "link", "set", "lo", "up"});
    }
    // As deploy/router/sysctl.conf: the embedded API's ping needs it.
    const auto* const router = shape.server_only ? server_namespace : router_namespace;
    commands.push_back({"netns", "exec", router, "sh", "-c", "echo '0 2147483647' > /proc/sys/net/ipv4/ping_group_range"});
    if (shape.server_only) return commands;

    if (shape.one_armed)
        add_one_arm(commands);
    else
        add_two_sides(commands);
    for (int site = 1; site <= shape.sites; ++site)
        commands.push_back({"-n", internet_namespace, "address", "add", "198.18.0." + std::to_string(site) + "/32", "dev", "lo"});
    for (const auto* address : {"8.8.8.8/32", "1.1.1.1/32", "2001:db8:18::1/128", "2001:db8:18::2/128"})
        commands.push_back({"-n", internet_namespace, "address", "add", address, "dev", "lo"});

    add_pair(commands, router_namespace, "server0", server_namespace, "eth0");
    commands.push_back({"-n", router_namespace, "address", "add", "203.0.113.1/24", "dev", "server0"});
    commands.push_back({"-n", server_namespace, "address", "add", "203.0.113.2/24", "dev", "eth0"});

    const std::string bridge_ns = shape.one_armed ? internet_namespace : router_namespace;
    for (int guest = 1; guest <= shape.guests; ++guest) add_guest(commands, guest, bridge_ns);
    return commands;
}

Status make(const Shape& shape) {
    if (::geteuid() != 0) return failed(Code::Denied, "network namespaces need root; run this as root");
    remove();
    for (auto command : make_commands(shape)) {
        command.insert(command.begin(), "ip");
        if (auto ran = run_once({.name = "ip", .argv = command}); !ran) {
            auto error = std::move(ran).error();
            remove();
            return std::unexpected{std::move(error).in("making the network")};
        }
    }
    return {};
}

void remove() {
    static const std::regex ours{"vivi-(internet|router|server|guest[0-9]+)"};
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator{"/run/netns", ignored}) {
        const auto name = entry.path().filename().string();
        if (std::regex_match(name, ours)) (void)run_once({.name = "ip", .argv = {"ip", "netns", "delete", name}});
    }
}

}  // namespace vivi::lab
