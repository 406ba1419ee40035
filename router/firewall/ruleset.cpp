// Renders the table `inet vivi`.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/ruleset.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace vivi::firewall {
namespace {

/// Chains and sets are added when absent and emptied; `add` of what exists is no error.
constexpr std::string_view frame =
    "add table inet vivi\n"
    "add set inet vivi banned_devices { type ether_addr; }\n"
    "add set inet vivi banned_addresses { type ipv4_addr; }\n"
    "add chain inet vivi prerouting { type filter hook prerouting priority raw; policy accept; }\n"
    "add chain inet vivi input { type filter hook input priority filter; policy accept; }\n"
    "add chain inet vivi forward { type filter hook forward priority filter; policy drop; }\n"
    "add chain inet vivi output { type filter hook output priority filter; policy accept; }\n"
    "add chain inet vivi postrouting { type nat hook postrouting priority srcnat; policy accept; }\n"
    "flush chain inet vivi prerouting\n"
    "flush chain inet vivi input\n"
    "flush chain inet vivi forward\n"
    "flush chain inet vivi output\n"
    "flush chain inet vivi postrouting\n"
    "flush set inet vivi banned_devices\n"
    "flush set inet vivi banned_addresses\n";

std::string rule(std::string_view chain, std::string_view text) {
    return std::string{"add rule inet vivi "}.append(chain).append(" ").append(text).append("\n");
}

/// nft's grammar has no empty braces: nothing when there is nothing.
template <class Elements>
std::string elements(std::string_view set, const Elements& values) {
    if (values.empty()) return {};
    std::string list;
    for (const auto& value : values) list.append(list.empty() ? "" : ", ").append(to_string(value));
    return std::string{"add element inet vivi "}.append(set).append(" { ").append(list).append(" }\n");
}

std::string in_quotes(std::string_view name) { return std::string{"\""}.append(name).append("\""); }

std::string set_of(const std::set<std::string>& names) {
    std::string list;
    for (const auto& name : names) list.append(list.empty() ? "{ " : ", ").append(in_quotes(name));
    return list + " }";
}

std::string prerouting(const std::string& lan) {
    return rule("prerouting", "iifname " + lan + " ether saddr @banned_devices drop") +
           rule("prerouting", "iifname " + lan + " ip saddr @banned_addresses drop");
}

std::string input_from_networks(const std::string& lan) {
    const auto serve = [&](std::string_view what) {
        return rule("input", "iifname " + lan + " " + std::string{what} + " accept");
    };
    return serve("udp dport { 53, 67, 123 }") + serve("tcp dport { 53, 80 }") + serve("meta l4proto icmp") +
           serve("icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, echo-request }") +
           rule("input", "iifname " + lan + " drop");
}

/// Answers to what the router asked (the tunnel is outgoing), DHCP from the venue's server, and what keeps a link alive.
std::string input_from_uplink(const std::string& uplink) {
    const auto serve = [&](std::string_view what) {
        return rule("input", "iifname " + uplink + " " + std::string{what} + " accept");
    };
    return serve("udp sport 67 udp dport 68") + serve("udp dport 546") +
           serve("icmp type { echo-request, destination-unreachable, time-exceeded }") + serve("meta l4proto ipv6-icmp") +
           rule("input", "iifname " + uplink + " drop");
}

}  // namespace

bool is_interface_name(std::string_view name) noexcept {
    const auto is_harmless = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
               c == '@' || c == ':';
    };
    return !name.empty() && name.size() <= 15 && std::ranges::all_of(name, is_harmless);
}

Result<std::string> render(const model::Configuration& configuration, const Bans& bans) {
    std::set<std::string> lans;
    for (const auto& network : configuration.networks) lans.insert(network.interface);
    for (const auto& name : lans) {
        if (!is_interface_name(name)) return failed(Code::Invalid, "/networks: no interface can be called '" + name + "'");
    }
    const auto& uplink = configuration.uplink.interface;
    if (!uplink.empty() && !is_interface_name(uplink))
        return failed(Code::Invalid, "/uplink/interface: no interface can be called '" + uplink + "'");
    const auto lan = lans.empty() ? std::string{} : set_of(lans);

    auto text = std::string{frame} + elements(banned_devices_set, bans.devices) + elements(banned_addresses_set, bans.addresses);
    if (!lans.empty()) text += prerouting(lan);

    text += rule("input", "iifname \"lo\" accept");
    text += rule("input", "ct state established,related accept");
    if (!lans.empty()) text += input_from_networks(lan);
    if (!uplink.empty()) text += input_from_uplink(in_quotes(uplink));

    // Before the established-accept: a ban also ends what is running.
    text += rule("forward", "ip saddr @banned_addresses drop");
    text += rule("forward", "ip daddr @banned_addresses drop");
    text += rule("forward", "ct state established,related accept");
    text += rule("forward", "ct state invalid drop");
    // IPv4 only: IPv6 stays dropped until the policy looks at it, or it would be the way around.
    if (!lans.empty() && !uplink.empty())
        text += rule("forward", "iifname " + lan + " oifname " + in_quotes(uplink) + " meta nfproto ipv4 accept");

    text += rule("output", "ip daddr @banned_addresses drop");
    if (configuration.uplink.masquerade && !uplink.empty())
        text += rule("postrouting", "oifname " + in_quotes(uplink) + " meta nfproto ipv4 masquerade");
    return text;
}

}  // namespace vivi::firewall
