// The table's frame: sets, hooks, and what is dropped, answered or translated around the policy.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/ruleset.hpp"

#include <algorithm>
#include <array>

#include "router/firewall/bundles.hpp"
#include "router/firewall/ruleset_parts.hpp"

namespace vivi::firewall {
namespace {

constexpr std::string_view five_tuple4 =
    "type inet_proto . ipv4_addr . inet_service . ipv4_addr . inet_service; flags timeout; size 65535;";
constexpr std::string_view five_tuple6 =
    "type inet_proto . ipv6_addr . inet_service . ipv6_addr . inet_service; flags timeout; size 65535;";

template <class T>
std::vector<std::string> texts(const T& values) {
    std::vector<std::string> texts;
    for (const auto& value : values) texts.push_back(to_string(value));
    return texts;
}

void put_addresses(Script& script, std::string_view set4, std::string_view set6, const std::set<Ipv6>& addresses) {
    std::vector<std::string> v4, v6;
    for (const auto& address : addresses) (from_mapped(address) ? v4 : v6).push_back(to_address_string(address));
    script.elements(set4, v4);
    script.elements(set6, v6);
}

void put_hooks(Script& script) {
    script.chain("prerouting", "type filter hook prerouting priority raw; policy accept;");
    script.chain("redirect_dns", "type nat hook prerouting priority dstnat; policy accept;");
    script.chain("input", "type filter hook input priority filter; policy accept;");
    script.chain("forward", "type filter hook forward priority filter; policy drop;");
    script.chain("limits", "type filter hook forward priority filter + 10; policy accept;");
    script.chain("output", "type filter hook output priority filter; policy accept;");
    script.chain("postrouting", "type nat hook postrouting priority srcnat; policy accept;");
    for (const auto* chain : {"up", "up_new", "up_allowed", "down", "down_allowed", "limits_down", "refuse"}) script.chain(chain);
}

Status check_names(const Plan& plan) {
    for (const auto& lan : plan.lans) {
        if (!is_interface_name(lan.device))
            return failed(Code::Invalid, "/networks: no interface can be called '" + lan.device + "'");
    }
    if (!plan.uplink.empty() && !is_interface_name(plan.uplink))
        return failed(Code::Invalid, "/uplink/interface: no interface can be called '" + plan.uplink + "'");
    return {};
}

}  // namespace

std::string count_and(std::string_view counter, std::string_view verdict) {
    return std::string{"counter name "}.append(in_quotes(counter)).append(" ").append(verdict);
}

std::string hexadecimal(std::uint32_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text{"0x"};
    for (int shift = 28; shift >= 0; shift -= 4) text += digits[value >> shift & 0xf];
    return text;
}

std::string on_lan_device(const Plan& plan) {
    std::set<std::string> names;
    for (const auto& lan : plan.lans) names.insert(in_quotes(lan.device));
    return "iifname " + braces({names.begin(), names.end()});
}

std::string from_lan(const Plan& plan) {
    const auto device = on_lan_device(plan);
    return plan.topology == model::Topology::OneArmed ? device + " ip saddr " + braces(networks(plan)) : device;
}

std::vector<std::string> networks(const Plan& plan) {
    std::vector<std::string> prefixes;
    for (const auto& lan : plan.lans) prefixes.push_back(to_string(Ipv4Prefix{lan.address.network(), lan.address.length}));
    return prefixes;
}

std::string marks(const Plan& plan, model::Mode mode) {
    std::vector<std::string> marks;
    for (const auto& [view, its_mode] : plan.modes) {
        if (its_mode == mode) marks.push_back(hexadecimal(view));
    }
    return marks.empty() ? std::string{} : braces(marks);
}

void put_sets(Script& script, const Plan& plan) {
    script.set(own::banned_devices, "type ether_addr;");
    script.set(own::banned_addresses, "type ipv4_addr;");
    script.set(own::banned_addresses6, "type ipv6_addr;");
    script.set(own::protected_devices, "type ether_addr;");
    script.set(own::admitted_devices, "type ether_addr;");
    script.map(own::views, "type ether_addr : mark;");
    script.set(own::leased, "type ipv4_addr . ether_addr;");
    script.set(own::leased_addresses, "type ipv4_addr;");
    script.map(own::limited, "type ether_addr : mark;");
    script.map(own::limited4, "type ipv4_addr : mark;");
    script.map(own::limited6, "type ipv6_addr : mark;");
    using enum Script::Refill;
    script.set(dynamic::allowed4, "type mark . ipv4_addr; flags dynamic,timeout; size 131072;", No);
    script.set(dynamic::allowed6, "type mark . ipv6_addr; flags dynamic,timeout; size 131072;", No);
    script.set(dynamic::cut4, five_tuple4, No);
    script.set(dynamic::cut6, five_tuple6, No);

    script.elements(own::banned_devices, texts(plan.bans.devices));
    put_addresses(script, own::banned_addresses, own::banned_addresses6, plan.bans.addresses);
    script.elements(own::protected_devices, texts(plan.protected_devices));
    script.elements(own::admitted_devices, texts(plan.admitted));
    std::vector<std::string> views, leased, addresses, limited, limited4, limited6;
    for (const auto& [device, view] : plan.views) views.push_back(to_string(device) + " : " + hexadecimal(view));
    for (const auto& [address, device] : plan.leased) {
        leased.push_back(to_string(address) + " . " + to_string(device));
        addresses.push_back(to_string(address));
    }
    for (const auto& [device, number] : plan.limited) limited.push_back(to_string(device) + " : " + hexadecimal(number));
    for (const auto& [address, number] : plan.limited_addresses)
        (from_mapped(address) ? limited4 : limited6).push_back(to_address_string(address) + " : " + hexadecimal(number));
    script.elements(own::views, views);
    script.elements(own::leased, leased);
    script.elements(own::leased_addresses, addresses);
    script.elements(own::limited, limited);
    script.elements(own::limited4, limited4);
    script.elements(own::limited6, limited6);
}

/// Before connection tracking, the router's own programs and everything else.
void put_prerouting(Script& script, const Plan& plan) {
    const auto drop = [&](std::string_view match, std::string_view counter) {
        script.rule("prerouting", std::string{match} + " " + count_and(counter, "drop"));
    };
    if (plan.lans.empty()) return;
    const auto lan = on_lan_device(plan);
    drop(lan + " ether saddr @banned_devices", counter::banned);
    for (const auto* match : {"ip saddr @banned_addresses", "ip daddr @banned_addresses", "ip6 saddr @banned_addresses6",
                              "ip6 daddr @banned_addresses6"})
        drop(match, counter::banned);
    if (plan.anti_spoofing) {
        drop(lan + " ip saddr @leased_addresses ip saddr . ether saddr != @leased", counter::spoofed);
        // Sources that cannot be answered on that network; 0.0.0.0 is who has no address yet, 169.254/16 who gave up (RFC 3927).
        for (const auto& one : plan.lans) {
            if (plan.topology == model::Topology::OneArmed) break;
            std::vector<std::string> sources{"0.0.0.0", "169.254.0.0/16"};
            for (const auto& other : plan.lans) {
                if (other.device == one.device)
                    sources.push_back(to_string(Ipv4Prefix{other.address.network(), other.address.length}));
            }
            drop("iifname " + in_quotes(one.device) + " ip saddr != " + braces(sources), counter::spoofed);
        }
    }
    script.rule("prerouting", lan + " meta mark set ether saddr map @views");
}

void put_dns(Script& script, const Plan& plan) {
    if (plan.lans.empty()) return;
    const bool is_fallback = plan.dns == DnsState::Fallback;
    if (!plan.redirect_dns && !is_fallback) return;
    const auto port = std::to_string(is_fallback ? fallback_dns_port : dns_port);
    const auto redirect = [&](const std::string& whose) {
        script.rule("redirect_dns", from_lan(plan) + whose + (plan.redirect_dns ? "" : " fib daddr type local") +
                                        " meta l4proto { tcp, udp } th dport 53 redirect to :" + port);
    };
    script.rule("redirect_dns", from_lan(plan) + " ether saddr @protected_devices fib daddr type != local accept");
    if (!is_fallback) return redirect("");
    redirect(" ether saddr @protected_devices");
    const auto listed = marks(plan, model::Mode::BlockListed);
    if (!listed.empty()) redirect((plan.admits_all ? "" : " ether saddr @admitted_devices") + (" meta mark " + listed));
}

void put_input(Script& script, const Plan& plan) {
    const auto put = [&](const std::string& match, std::string_view verdict) {
        script.rule("input", match + " " + std::string{verdict});
    };
    put("iifname \"lo\"", "accept");
    put("ct state established,related", "accept");
    if (!plan.lans.empty()) {
        const auto lan = from_lan(plan), device = on_lan_device(plan);
        put(device + " udp dport 67", "accept");  // From 0.0.0.0 too.
        put(lan + " udp dport { 53, 123 }", "accept");
        put(lan + " tcp dport { 53, 80 }", "accept");
        if (plan.dns == DnsState::Fallback) {
            const auto port = std::to_string(fallback_dns_port);
            put(lan + " ct status dnat meta l4proto { tcp, udp } th dport " + port, "accept");
        }
        put(lan + " meta l4proto icmp", "accept");
        put(device + " icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, echo-request }", "accept");
        put(lan + " tcp dport 443", "reject with tcp reset");  // A blocked name's page has no TLS: say so at once.
    }
    if (!plan.uplink.empty()) {
        const auto uplink = "iifname " + in_quotes(plan.uplink);
        put(uplink + " udp sport 67 udp dport 68", "accept");
        put(uplink + " udp dport 546", "accept");
        put(uplink + " icmp type { echo-request, destination-unreachable, time-exceeded }", "accept");
        put(uplink + " meta l4proto ipv6-icmp", "accept");
        put(uplink, "drop");
    }
    if (!plan.lans.empty()) put(on_lan_device(plan), "drop");
}

/// A route that is not masqueraded needs the uplink's router to know the way back; one-armed it does, and would send answers past
/// us.
void put_postrouting(Script& script, const Plan& plan) {
    if (plan.uplink.empty()) return;
    const auto out = "oifname " + in_quotes(plan.uplink);
    if (plan.topology == model::Topology::OneArmed) {
        if (plan.lans.empty()) return;
        const auto lan = braces(networks(plan));
        script.rule("postrouting", out + " ip saddr " + lan + " ip daddr != " + lan + " masquerade");
    } else if (plan.masquerade) {
        script.rule("postrouting", out + " meta nfproto ipv4 masquerade");
    }
}

bool is_interface_name(std::string_view name) noexcept {
    const auto is_harmless = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
               c == '@' || c == ':';
    };
    return !name.empty() && name.size() <= 15 && std::ranges::all_of(name, is_harmless);
}

Result<Ruleset> compose(const Plan& plan) {
    if (auto checked = check_names(plan); !checked) return std::unexpected{std::move(checked).error()};
    Script script;
    for (const auto& hits : counted(plan)) script.counter(hits.counter);
    put_sets(script, plan);
    put_hooks(script);
    put_prerouting(script, plan);
    put_dns(script, plan);
    put_input(script, plan);
    put_forward(script, plan);
    put_limits(script, plan);
    script.rule("output", "ip daddr @banned_addresses " + count_and(counter::banned, "drop"));
    script.rule("output", "ip6 daddr @banned_addresses6 " + count_and(counter::banned, "drop"));
    put_postrouting(script, plan);
    return Ruleset{.text = script.text(), .objects = script.objects()};
}

Result<std::string> render(const Plan& plan) {
    auto ruleset = compose(plan);
    if (!ruleset) return std::unexpected{std::move(ruleset).error()};
    return std::move(ruleset->text);
}

}  // namespace vivi::firewall
