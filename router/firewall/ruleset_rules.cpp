// The policy's address rules: chains of views, and what holds for everybody.
// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "router/firewall/bundles.hpp"
#include "router/firewall/prefixes.hpp"
#include "router/firewall/ruleset.hpp"
#include "router/firewall/ruleset_parts.hpp"

namespace vivi::firewall {
namespace {

/// Where the remote side's address and port are, and what becomes of what is denied.
struct Direction {
    std::string_view address, port, chain, mark, denied;
};
constexpr Direction up{.address = " daddr ", .port = "dport ", .chain = "up", .mark = "meta mark", .denied = "goto refuse"};
constexpr Direction down{.address = " saddr ", .port = "sport ", .chain = "down", .mark = "ct mark", .denied = "drop"};

std::string chain_of(const Direction& direction, policy::ViewId view) {
    return std::string{direction.chain} + "_" + hexadecimal(view).substr(2);
}

std::string ports(const Bundle& bundle, const Direction& direction) {
    const std::string at{direction.port};
    const auto port = bundle.port ? std::to_string(*bundle.port) : std::string{};
    switch (bundle.transport) {
        case model::Transport::Tcp: return bundle.port ? " tcp " + at + port : " meta l4proto tcp";
        case model::Transport::Udp: return bundle.port ? " udp " + at + port : " meta l4proto udp";
        case model::Transport::Any: return bundle.port ? " meta l4proto { tcp, udp } th " + at + port : "";
    }
    return {};
}

void put_set(Script& script, const std::string& name, std::string_view type, const std::vector<std::string>& prefixes) {
    if (script.set(name, "type " + std::string{type} + "; flags interval;")) script.elements(name, prefixes);
}

/// Which packets' remote side is meant, one match a family.
std::vector<std::string> matches(Script& script, const Bundle& bundle, const Direction& direction) {
    const auto match = [&](std::string_view ip, const std::string& what) {
        return std::string{ip}.append(direction.address).append(what);
    };
    std::vector<std::string> v4, v6, all;
    for (const auto& prefix : bundle.is_set ? coalesce(bundle.prefixes) : bundle.prefixes)
        (prefix.is_ipv4() ? v4 : v6).push_back(to_string(prefix));
    if (!bundle.is_set) return {v6.empty() ? match("ip", v4.front()) : match("ip6", v6.front())};
    if (!v4.empty()) {
        put_set(script, "prefixes4_" + bundle.id, "ipv4_addr", v4);
        all.push_back(match("ip", "@prefixes4_" + bundle.id));
    }
    if (!v6.empty()) {
        put_set(script, "prefixes6_" + bundle.id, "ipv6_addr", v6);
        all.push_back(match("ip6", "@prefixes6_" + bundle.id));
    }
    return all;
}

void put_bundle(Script& script, const Bundle& bundle, const Direction& direction, const std::string& chain) {
    const auto verdict = count_and(bundle.counter(), bundle.denies ? direction.denied : "accept");
    for (const auto& match : matches(script, bundle, direction))
        script.rule(chain, match + ports(bundle, direction) + " " + verdict);
}

bool is_for_everybody(const Bundle& bundle) {
    return bundle.layer == policy::Layer::EventAllow || bundle.layer == policy::Layer::EventDeny;
}

/// Views that have rules: each jumps to its chain; a device's own chain ends with its group's.
std::map<policy::ViewId, policy::ViewId> put_views(Script& script, const Plan& plan, const std::vector<Bundle>& all,
                                                   const Direction& direction) {
    std::map<policy::ViewId, policy::ViewId> chain_of_view;
    for (const auto& bundle : all) {
        if (is_for_everybody(bundle)) continue;
        const auto chain = chain_of(direction, bundle.scope);
        script.chain(chain);
        put_bundle(script, bundle, direction, chain);
        chain_of_view.emplace(bundle.scope, bundle.scope);
    }
    for (const auto& [view, group] : plan.groups) {
        if (!chain_of_view.contains(group)) continue;
        const auto [own, has_none] = chain_of_view.emplace(view, group);
        if (!has_none && own->second == view) script.rule(chain_of(direction, view), "jump " + chain_of(direction, group));
    }
    return chain_of_view;
}

void put_direction(Script& script, const Plan& plan, const std::vector<Bundle>& all, const Direction& direction) {
    const auto chains = put_views(script, plan, all, direction);
    std::vector<std::string> jumps;
    for (const auto& [view, chain] : chains) jumps.push_back(hexadecimal(view) + " : jump " + chain_of(direction, chain));
    const std::string chain{direction.chain};
    if (!jumps.empty()) script.rule(chain, std::string{direction.mark} + " vmap " + braces(jumps));
    for (const auto& bundle : all) {
        if (is_for_everybody(bundle)) put_bundle(script, bundle, direction, chain);
    }
}

}  // namespace

void put_rules(Script& script, const Plan& plan) {
    const auto all = bundles(plan);
    put_direction(script, plan, all, up);
    put_direction(script, plan, all, down);
}

}  // namespace vivi::firewall
