// The forwarding chains: in the order of docs/policy.md, for what guests send (up) and for what comes back (down).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "router/firewall/bundles.hpp"
#include "router/firewall/names.hpp"
#include "router/firewall/prefixes.hpp"
#include "router/firewall/resolvers.hpp"
#include "router/firewall/ruleset.hpp"
#include "router/firewall/ruleset_parts.hpp"

namespace vivi::firewall {
namespace {

constexpr std::string_view to_ports = "meta l4proto { tcp, udp } th dport ";

/// To what dnsd let through for the packet's view; traffic keeps it so.
std::string allowed_rule(std::string_view ip, std::string_view set) {
    const std::string remote = std::string{ip} + " daddr", in{set};
    return "meta mark . " + remote + " @" + in + " update @" + in + " { meta mark . " + remote + " timeout " +
           std::to_string(kept_by_traffic.count()) + "s } accept";
}

void put_frame(Script& script, const Plan& plan) {
    const auto put = [&](const std::string& match, std::string_view verdict) {
        script.rule("forward", match + " " + std::string{verdict});
    };
    // Addresses, because the way down does not show the device. Before anything is accepted, so that a ban also ends what runs.
    put("ip saddr @banned_addresses", count_and(counter::banned, "drop"));
    put("ip daddr @banned_addresses", count_and(counter::banned, "drop"));
    put("ip6 saddr @banned_addresses6", count_and(counter::banned, "drop"));
    put("ip6 daddr @banned_addresses6", count_and(counter::banned, "drop"));
    if (!forwards_ipv6(plan)) put("meta nfproto ipv6", count_and(counter::ipv6, "drop"));
    put("ct state invalid", "drop");
    put("ct direction original", "goto up");
    put("ct direction reply", "goto down");
}

/// UDP gets port-unreachable: that a client's socket reports at once (RFC 1122 section 4.1.3.3), administratively prohibited many
/// ignore.
void put_refuse(Script& script) {
    script.rule("refuse", "meta l4proto tcp reject with tcp reset");
    script.rule("refuse", "meta l4proto udp reject with icmpx port-unreachable");
    script.rule("refuse", "reject with icmpx admin-prohibited");
}

void put_strict(Script& script, const Plan& plan) {
    if (!plan.strict) return;
    const auto refuse = [&](const std::string& match) {
        script.rule("up", match + " " + count_and(counter::strict, "goto refuse"));
    };
    refuse(std::string{to_ports} + "853");  // DoT (RFC 7858), DoQ (RFC 9250).
    // All QUIC: a browser falls back to TLS on TCP at once, where a name is always in sight and a flow can be reset.
    refuse("udp dport 443");
    refuse("ip daddr @resolvers4 tcp dport 443");
    if (forwards_ipv6(plan)) refuse("ip6 daddr @resolvers6 tcp dport 443");
}

void put_resolvers(Script& script, const Plan& plan) {
    if (!plan.strict) return;
    std::vector<IpPrefix> prefixes;
    for (const auto text : public_resolvers()) {
        if (const auto prefix = parse_ip_prefix(text)) prefixes.push_back(*prefix);
    }
    std::vector<std::string> v4, v6;
    for (const auto& prefix : coalesce(std::move(prefixes))) (prefix.is_ipv4() ? v4 : v6).push_back(to_string(prefix));
    script.set("resolvers4", "type ipv4_addr; flags interval;");
    script.set("resolvers6", "type ipv6_addr; flags interval;");
    script.elements("resolvers4", v4);
    script.elements("resolvers6", v6);
}

/// Only guests begin connections, towards the uplink and each other's networks. Then what comes before the policy's rules.
void put_up_first(Script& script, const Plan& plan) {
    const auto put = [&](const std::string& match, std::string_view verdict) {
        script.rule("up", match + " " + std::string{verdict});
    };
    std::set<std::string> devices, out;
    for (const auto& lan : plan.lans) devices.insert(in_quotes(lan.device));
    out = devices;
    if (!plan.uplink.empty()) out.insert(in_quotes(plan.uplink));
    put("iifname != " + braces({devices.begin(), devices.end()}), "drop");
    put("oifname != " + braces({out.begin(), out.end()}), "drop");
    if (plan.topology == model::Topology::OneArmed) put("ip saddr != " + braces(networks(plan)), "drop");
    put("ether saddr @protected_devices ct mark set " + hexadecimal(protected_mark), "accept");
    put("meta l4proto . ip saddr . th sport . ip daddr . th dport @cut4", count_and(counter::cut, "goto refuse"));
    if (forwards_ipv6(plan))
        put("meta l4proto . ip6 saddr . th sport . ip6 daddr . th dport @cut6", count_and(counter::cut, "goto refuse"));
    put("ct mark set", "meta mark");
    if (!plan.admits_all) put("ether saddr != @admitted_devices", "goto up_new");
    put("ct state related meta l4proto { icmp, ipv6-icmp }", "accept");
    // What was not redirected is older than the redirection.
    if (plan.redirect_dns) put(std::string{to_ports} + "53", count_and(counter::dns, "goto refuse"));
}

/// Devices that nobody has admitted: what dnsd let through for them, which is what is essential, and nothing else.
void put_up_new(Script& script, const Plan& plan) {
    if (plan.admits_all) return;
    const auto put = [&](const std::string& rule) { script.rule("up_new", rule); };
    put("meta mark set " + hexadecimal(policy::newcomers) + " ct mark set meta mark");
    put("ct state related meta l4proto { icmp, ipv6-icmp } accept");
    put(allowed_rule("ip", dynamic::allowed4));
    if (forwards_ipv6(plan)) put(allowed_rule("ip6", dynamic::allowed6));
    put(count_and(counter::new_device, "goto refuse"));
}

void put_down_first(Script& script, const Plan& plan) {
    const auto put = [&](const std::string& match, std::string_view verdict) {
        script.rule("down", match + " " + std::string{verdict});
    };
    put("ct mark " + hexadecimal(protected_mark), "accept");
    put("meta l4proto . ip daddr . th dport . ip saddr . th sport @cut4", count_and(counter::cut, "goto refuse"));
    if (forwards_ipv6(plan))
        put("meta l4proto . ip6 daddr . th dport . ip6 saddr . th sport @cut6", count_and(counter::cut, "goto refuse"));
    put("ct state related meta l4proto { icmp, ipv6-icmp }", "accept");
}

/// Default of the mode. Of allow-listed views both directions must be to and from what is allowed; only what the guest sends
/// keeps it so.
void put_default(Script& script, const Plan& plan) {
    if (!plan.admits_all) script.rule("down", "ct mark " + hexadecimal(policy::newcomers) + " goto down_allowed");
    if (const auto listed = marks(plan, model::Mode::AllowListed); !listed.empty()) {
        script.rule("up", "meta mark " + listed + " goto up_allowed");
        script.rule("down", "ct mark " + listed + " goto down_allowed");
    }
    script.rule("up", "accept");
    script.rule("down", "accept");
    const auto put = [&](std::string_view ip, std::string_view set) {
        script.rule("up_allowed", allowed_rule(ip, set));
        script.rule("down_allowed", "ct mark . " + std::string{ip} + " saddr @" + std::string{set} + " accept");
    };
    put("ip", dynamic::allowed4);
    if (forwards_ipv6(plan)) put("ip6", dynamic::allowed6);
    script.rule("up_allowed", count_and(counter::not_allowed, "goto refuse"));
    script.rule("down_allowed", count_and(counter::not_allowed, "drop"));
}

}  // namespace

void put_forward(Script& script, const Plan& plan) {
    put_refuse(script);
    put_resolvers(script, plan);
    put_frame(script, plan);
    if (plan.lans.empty()) return;
    put_up_first(script, plan);
    put_up_new(script, plan);
    put_down_first(script, plan);
    put_rules(script, plan);
    put_strict(script, plan);
    put_default(script, plan);
}

}  // namespace vivi::firewall
