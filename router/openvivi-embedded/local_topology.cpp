// Which interface is the uplink and which are the LAN, as somebody sets it at the router.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "common/runtime/blocking.hpp"
#include "common/runtime/clock.hpp"
#include "router/openvivi-embedded/local_known.hpp"
#include "router/openvivi-embedded/local_site.hpp"
#include "router/openvivi-embedded/system.hpp"

namespace vivi::openvivi_embedded {
namespace {

constexpr std::string_view port_field = "lan-";  // A box for each interface: "lan-eth1=on".

/// Whether the uplink stands to the LAN as the form says; empty: it does, or the form says nothing.
std::string why_not_wired(const std::string& topology, const model::Uplink& uplink, const model::Configuration& configuration) {
    if (topology.empty() || configuration.networks.empty()) return {};
    const auto& lan = configuration.networks.front();
    const bool shares = uplink.interface == lan.interface;
    if (topology == "inline" && shares) return "inline, the uplink has an interface of its own, not the LAN's " + lan.interface;
    if (topology == "stick" && (!shares || !uplink.vlan || uplink.vlan == lan.vlan))
        return "as a router on a stick, the uplink is another VLAN of the LAN's interface " + lan.interface;
    if (topology == "one-armed" && model::device_name(uplink) != model::device_name(lan))
        return "one-armed, the uplink is the LAN's device " + model::device_name(lan) + " itself";
    return {};
}

model::LanPorts ports_of(const std::map<std::string, std::string>& form) {
    model::LanPorts ports;
    for (const auto& [name, chosen] : form) {
        if (name.starts_with(port_field)) ports.push_back(name.substr(port_field.size()));
    }
    return ports;
}

/// The first of them that the machine does not have; empty: it has them all.
std::string absent_of(std::vector<std::string> wanted, const std::string& uplink) {
    const auto there = interfaces_of(proc_text("/proc/net/dev"));
    wanted.push_back(uplink);
    for (const auto& name : wanted) {
        if (std::ranges::find(there, name) == there.end()) return name.empty() ? "the uplink" : name;
    }
    return {};
}

}  // namespace

Task<LocalSite::Done> LocalSite::set_uplink(Form form) {
    auto known = co_await look_at_files();
    if (value(form, "mode") == "server") {
        known.changes.uplink.reset();
        known.changes.taken_back.clear();
        trial_.reset();
        if (known.changes.trial) {
            known.changes.trial->before.reset();
            known.changes.trial->wants_hub = false;
            if (!known.changes.trial->wants_person) known.changes.trial.reset();
        }
        co_return co_await save(std::move(known.changes));
    }
    model::Uplink uplink{.interface = value(form, "interface"),
                         .mode = value(form, "mode") == "static" ? model::UplinkMode::Static : model::UplinkMode::Dhcp};
    if (const auto vlan = value(form, "vlan"); !vlan.empty()) {
        const auto id = number(vlan, 1, 4094);
        if (!id) co_return failed(Code::Invalid, "VLAN: 1..4094");
        uplink.vlan = static_cast<std::uint16_t>(*id);
    }
    if (uplink.mode == model::UplinkMode::Static) {
        uplink.address = parse_ipv4_prefix(value(form, "address"));
        uplink.gateway = parse_ipv4(value(form, "gateway"));
    }
    const auto configuration =
        model::with_topology(known.configuration.value_or(model::Configuration{}), {.lan = known.changes.lan});
    auto why = why_not_wired(value(form, "topology"), uplink, configuration);
    if (why.empty()) why = model::why_not(uplink, configuration);
    if (why.empty() && known.changes.lan) why = model::why_not(*known.changes.lan, uplink, configuration);
    if (!why.empty()) co_return failed(Code::Invalid, why);
    want_proof(known.changes, /*of_uplink=*/true, /*of_lan=*/false);
    known.changes.uplink = std::move(uplink);
    known.changes.taken_back.clear();
    co_return co_await save(std::move(known.changes));
}

/// Both sides at once, so that they can change places. VLAN and address of an uplink that moves to another interface are not
/// kept.
Task<LocalSite::Done> LocalSite::set_topology(Form form) {
    auto known = co_await look_at_files();
    auto& changes = known.changes;
    if (value(form, "mode") == "server") {
        changes.lan.reset();
        changes.taken_back.clear();
        keep_until_.reset();
        if (changes.trial) changes.trial->wants_person = false;
        if (changes.trial && !changes.trial->wants_hub) changes.trial.reset();
        co_return co_await save(std::move(changes));
    }
    const auto before = model::with_topology(known.configuration.value_or(model::Configuration{}), changes);
    auto ports = ports_of(form);
    auto uplink = before.uplink;
    if (const auto chosen = value(form, "uplink"); chosen != uplink.interface)
        uplink = {.interface = chosen, .masquerade = uplink.masquerade};
    if (const auto absent = absent_of(ports, uplink.interface); !absent.empty())
        co_return failed(Code::Invalid, absent + ": this router has no such interface");
    auto why = model::why_not(ports, uplink, before);
    if (why.empty()) {
        const auto after = model::with_topology(before, {.uplink = uplink, .lan = ports});
        why = model::topology(after) == model::Topology::OneArmed && !uplink.gateway
                  ? uplink.interface + " is both the LAN and the way to the Internet: that needs a gateway, set with the uplink"
                  : model::why_not(uplink, after);
    }
    if (!why.empty()) co_return failed(Code::Invalid, why);
    const bool moves_uplink = uplink != before.uplink;
    want_proof(changes, moves_uplink, /*of_lan=*/true);
    if (moves_uplink) changes.uplink = std::move(uplink);
    changes.lan = std::move(ports);
    changes.taken_back.clear();
    co_return co_await save(std::move(changes));
}

}  // namespace vivi::openvivi_embedded
