// Sets of elements under a plan, and what lies between two.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/changes.hpp"

#include <algorithm>
#include <bit>
#include <iterator>
#include <tuple>

#include "router/firewall/names.hpp"

namespace vivi::firewall {
namespace {

template <class T>
std::set<T> without(const std::set<T>& all, const std::set<T>& taken) {
    std::set<T> left;
    std::ranges::set_difference(all, taken, std::inserter(left, left.end()));
    return left;
}

Writer& put(Writer& out, Mac mac) {
    for (const auto octet : mac.octets) out.u8(octet);
    return out;
}

Bytes bytes_of(Mac mac) {
    Writer out;
    return put(out, mac).take_bytes();
}
Bytes bytes_of(Ipv4 address) { return Writer{}.u32(address.value).take_bytes(); }
Bytes bytes_of(const Ipv6& address) { return Writer{}.put(std::as_bytes(std::span{address.octets})).take_bytes(); }

/// The kernel keeps marks in its own byte order.
Bytes mark(std::uint32_t value) {
    const auto octets = std::bit_cast<std::array<std::byte, sizeof value>>(value);
    return {octets.begin(), octets.end()};
}

/// ipv4_addr . ether_addr, the latter padded to a multiple of 4.
Bytes place(Ipv4 address, Mac device) {
    Writer out;
    out.u32(address.value);
    return put(out, device).zeros(2).take_bytes();
}

std::set<Element> devices(const std::set<Mac>& from) {
    std::set<Element> elements;
    for (const auto& device : from) elements.insert({.key = bytes_of(device)});
    return elements;
}

std::map<std::string, std::set<Element>> without_elements() {
    std::map<std::string, std::set<Element>> all;
    for (const auto name :
         {own::banned_devices, own::banned_addresses, own::banned_addresses6, own::protected_devices, own::admitted_devices,
          own::views, own::leased, own::leased_addresses, own::limited, own::limited4, own::limited6})
        all.emplace(name, std::set<Element>{});
    return all;
}

/// What becomes chains and rules.
auto structure(const Plan& plan) {
    return std::tie(plan.lans, plan.uplink, plan.topology, plan.masquerade, plan.ipv6, plan.anti_spoofing, plan.redirect_dns,
                    plan.strict, plan.admits_all, plan.dns, plan.modes, plan.rules, plan.groups, plan.limits, plan.limit_classes);
}

}  // namespace

std::map<std::string, std::set<Element>> contents(const Plan& plan) {
    auto all = without_elements();
    const auto in = [&all](std::string_view name) -> std::set<Element>& { return all[std::string{name}]; };
    in(own::banned_devices) = devices(plan.bans.devices);
    in(own::protected_devices) = devices(plan.protected_devices);
    in(own::admitted_devices) = devices(plan.admitted);
    for (const auto& address : plan.bans.addresses) {
        const auto v4 = from_mapped(address);
        in(v4 ? own::banned_addresses : own::banned_addresses6).insert({.key = v4 ? bytes_of(*v4) : bytes_of(address)});
    }
    for (const auto& [device, view] : plan.views) in(own::views).insert({.key = bytes_of(device), .data = mark(view)});
    for (const auto& [address, device] : plan.leased) {
        in(own::leased).insert({.key = place(address, device)});
        in(own::leased_addresses).insert({.key = bytes_of(address)});
    }
    for (const auto& [device, number] : plan.limited) in(own::limited).insert({.key = bytes_of(device), .data = mark(number)});
    for (const auto& [address, number] : plan.limited_addresses) {
        const auto v4 = from_mapped(address);
        in(v4 ? own::limited4 : own::limited6).insert({.key = v4 ? bytes_of(*v4) : bytes_of(address), .data = mark(number)});
    }
    return all;
}

Element element_of(const Flow& flow) {
    const auto bytes = [](const Ipv6& address) {
        const auto v4 = from_mapped(address);
        return v4 ? bytes_of(*v4) : bytes_of(address);
    };
    Writer key;
    key.u8(flow.protocol).zeros(3);
    key.put(bytes(flow.local)).u16(flow.local_port).zeros(2);
    key.put(bytes(flow.remote)).u16(flow.remote_port).zeros(2);
    return {.key = key.take_bytes()};
}

std::optional<Changes> difference(const Plan& from, const Plan& to) {
    if (structure(from) != structure(to)) return std::nullopt;
    Changes changes;
    const auto before = contents(from);
    for (const auto& [name, elements] : contents(to)) {
        SetChange change{.set = name, .add = without(elements, before.at(name)), .remove = without(before.at(name), elements)};
        if (!change.add.empty() || !change.remove.empty()) changes.sets.push_back(std::move(change));
    }
    return changes;
}

Forget to_forget(const Plan& from, const Plan& to) {
    const auto standing = [](const Plan& plan, Mac device) {
        const auto view = plan.views.find(device);
        return std::tuple{plan.protected_devices.contains(device), plan.admits_all || plan.admitted.contains(device),
                          view == plan.views.end() ? policy::everybody : view->second};
    };
    Forget forget{.addresses = without(to.bans.addresses, from.bans.addresses),
                  .dns = from.dns != to.dns || from.redirect_dns != to.redirect_dns};
    for (const auto& [address, device] : to.holders) {
        if (standing(from, device) != standing(to, device)) forget.addresses.insert(address);
    }
    return forget;
}

}  // namespace vivi::firewall
