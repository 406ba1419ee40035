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

void add_guest(std::vector<Command>& commands, int guest) {
    const auto port = "lan" + std::to_string(guest);
    const auto name = guest_namespace(guest);
    commands.push_back({"link", "add", port, "netns", router_namespace, "type", "veth", "peer", "name", "eth0", "netns", name});
    commands.push_back({"-n", name, "link", "set", "eth0", "address", guest_mac(guest), "up"});
    commands.push_back({"-n", router_namespace, "link", "set", port, "master", "br-lan", "up"});
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
    if (shape.server_only) return commands;

    commands.push_back({"-n", router_namespace, "link", "add", "br-lan", "address", "02:76:69:76:ff:01", "type", "bridge"});
    commands.push_back({"-n", router_namespace, "address", "add", "10.66.0.1/22", "dev", "br-lan"});
    commands.push_back({"-n", router_namespace, "link", "set", "br-lan", "up"});

    add_pair(commands, router_namespace, "uplink0", internet_namespace, "eth0");
    commands.push_back({"-n", router_namespace, "address", "add", "198.51.100.2/24", "dev", "uplink0"});
    commands.push_back({"-n", internet_namespace, "address", "add", "198.51.100.1/24", "dev", "eth0"});
    commands.push_back({"-n", router_namespace, "route", "add", "default", "via", "198.51.100.1"});
    for (int site = 1; site <= shape.sites; ++site)
        commands.push_back({"-n", internet_namespace, "address", "add", "198.18.0." + std::to_string(site) + "/32", "dev", "lo"});

    add_pair(commands, router_namespace, "server0", server_namespace, "eth0");
    commands.push_back({"-n", router_namespace, "address", "add", "203.0.113.1/24", "dev", "server0"});
    commands.push_back({"-n", server_namespace, "address", "add", "203.0.113.2/24", "dev", "eth0"});

    for (int guest = 1; guest <= shape.guests; ++guest) add_guest(commands, guest);
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
