// Local changes in JSON, laid over a configuration.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/local_changes.hpp"

#include <algorithm>

#include "common/model/reading.hpp"

namespace vivi::model {
namespace {

constexpr Names<2> decisions{"deny", "allow"};
constexpr Names<2> uplink_modes{"dhcp", "static"};
constexpr std::size_t most_devices = 64;
static_assert(static_cast<int>(UplinkMode::Dhcp) == 0 && static_cast<int>(UplinkMode::Static) == 1);

std::string_view word(Decision decision) { return decisions.at(decision == Decision::Deny ? 0 : 1); }

Uplink parse_local_uplink(const Json& json, const char* path, Problems& problems) {
    Fields in{json, path, problems};
    Uplink uplink{.interface = in.text("interface"),
                  .mode = enumerator(in, "mode", uplink_modes, UplinkMode::Dhcp),
                  .masquerade = in.flag("masquerade", true)};
    if (in.has("vlan")) uplink.vlan = static_cast<std::uint16_t>(in.integer("vlan", 1, 4094));
    if (in.has("address")) uplink.address = in.ipv4_prefix("address");
    if (in.has("gateway")) uplink.gateway = in.ipv4("gateway");
    in.refuse_unknown();
    return uplink;
}

Json uplink_json(const Uplink& uplink) {
    Json json{{"interface", uplink.interface}, {"mode", name_of(uplink.mode, uplink_modes)}, {"masquerade", uplink.masquerade}};
    if (uplink.vlan) json["vlan"] = *uplink.vlan;
    if (uplink.address) json["address"] = to_string(*uplink.address);
    if (uplink.gateway) json["gateway"] = to_string(*uplink.gateway);
    return json;
}

Json trial_json(const LocalTrial& trial) {
    Json json{{"starts", trial.starts}, {"wants_hub", trial.wants_hub}, {"wants_person", trial.wants_person}};
    if (trial.before) json["before"] = uplink_json(*trial.before);
    if (trial.lan_before) json["lan_before"] = *trial.lan_before;
    return json;
}

LanPorts parse_ports(Fields& in, const char* key) {
    auto ports = text_list<std::string>(in, key, "must be a name", any_text);
    if (ports.empty() || ports.size() > max_bridge_ports) in.problem(key, "must be 1 to 16");
    return ports;
}

LocalTrial parse_trial(const Json& json, Problems& problems) {
    Fields in{json, "/trial", problems};
    LocalTrial trial{.wants_hub = in.flag("wants_hub", true),
                     .wants_person = in.flag("wants_person", false),
                     .starts = static_cast<int>(in.integer("starts", 0, 1'000))};
    if (in.has("before")) trial.before = parse_local_uplink(json.at("before"), "/trial/before", problems);
    if (in.has("lan_before")) trial.lan_before = parse_ports(in, "lan_before");
    return trial;
}

bool overlap(const Ipv4Prefix& one, const Ipv4Prefix& other) {
    return one.contains(other.network()) || other.contains(one.network());
}

}  // namespace

Json to_json(const LocalChanges& changes) {
    Json devices = Json::array();
    for (const auto& row : changes.devices)
        devices.push_back(
            {{"device", to_string(row.device)}, {"decision", word(row.decision)}, {"until", to_unix_ms(row.until)}});
    Json document{{"v", 1}, {"devices", devices}};
    if (changes.uplink) document["uplink"] = uplink_json(*changes.uplink);
    if (changes.bypass_until) document["bypass_until"] = to_unix_ms(*changes.bypass_until);
    if (changes.lan) document["lan"] = *changes.lan;
    if (changes.trial) document["trial"] = trial_json(*changes.trial);
    if (!changes.taken_back.empty()) document["taken_back"] = changes.taken_back;
    return document;
}

std::expected<LocalChanges, Problems> parse_local_changes(const Json& document) {
    Problems problems;
    Fields in{document, "", problems};
    if (in.integer("v") != 1) in.problem("v", "must be 1");
    LocalChanges changes;
    changes.devices = object_list<LocalDevice>(in, "devices", problems, [](Fields& row) {
        LocalDevice device{.device = row.parsed<Mac>("device", parse_mac, "must be a MAC address")};
        device.decision = row.text("decision") == "allow" ? Decision::Allow : Decision::Deny;
        device.until = from_unix_ms(row.integer("until"));
        return device;
    });
    if (changes.devices.size() > most_devices) in.problem("devices", "must be at most 64");
    if (in.has("uplink")) changes.uplink = parse_local_uplink(document.at("uplink"), "/uplink", problems);
    if (in.has("lan")) changes.lan = parse_ports(in, "lan");
    if (in.has("trial")) changes.trial = parse_trial(document.at("trial"), problems);
    if (in.has("taken_back")) changes.taken_back = in.text("taken_back");
    if (in.has("bypass_until")) changes.bypass_until = from_unix_ms(in.integer("bypass_until"));
    if (!problems.empty()) return std::unexpected{std::move(problems)};
    return changes;
}

Configuration with_topology(Configuration configuration, const LocalChanges& changes) {
    if (changes.uplink) configuration.uplink = *changes.uplink;
    if (!changes.lan || configuration.networks.empty()) return configuration;
    const auto before = configuration.networks.front().interface;
    const bool is_bridge = changes.lan->size() > 1;
    for (auto& network : configuration.networks) {
        if (network.interface != before) continue;
        network.interface = is_bridge ? local_bridge : changes.lan->front();
        network.ports = is_bridge ? *changes.lan : LanPorts{};
    }
    return configuration;
}

Configuration overlaid(Configuration configuration, const LocalChanges& changes, WallTime now) {
    configuration = with_topology(std::move(configuration), changes);
    auto& policy = configuration.policy;
    if (changes.bypass_until && still_lasts(*changes.bypass_until, most_bypass, now)) {
        policy.mode = Mode::BlockListed;
        policy.new_devices = NewDevices::Allow;
        policy.groups.clear();
        policy.domains.clear();
        policy.addresses.clear();
        policy.categories.clear();
        policy.services.clear();
        policy.lists.clear();
        policy.limits.clear();
    }
    for (const auto& row : changes.devices) {
        if (!still_lasts(row.until, most_local_device, now)) continue;
        std::erase_if(policy.devices, [&](const DeviceRule& rule) { return rule.device == row.device; });
        policy.devices.push_back({.device = row.device, .decision = row.decision, .reason = "decided at the router"});
    }
    return configuration;
}

bool still_lasts(WallTime until, Milliseconds most, WallTime now) {
    constexpr Milliseconds small_steps{60'000};  // A clock that is kept right moves a little.
    return until > now && until <= now + most + small_steps;
}

LocalChanges without_ended(LocalChanges changes, WallTime now) {
    std::erase_if(changes.devices, [&](const LocalDevice& row) { return !still_lasts(row.until, most_local_device, now); });
    if (changes.bypass_until && !still_lasts(*changes.bypass_until, most_bypass, now)) changes.bypass_until.reset();
    return changes;
}

LocalChanges still_holding(LocalChanges changes, WallTime now) {
    changes = without_ended(std::move(changes), now);
    changes.trial.reset();
    changes.taken_back.clear();
    return changes;
}

std::string why_not(const LanPorts& ports, const Uplink& uplink, const Configuration& configuration) {
    if (configuration.networks.empty()) return "the server has given this router no network yet";
    if (ports.empty()) return "no interface is chosen for the LAN";
    if (ports.size() > max_bridge_ports) return "the LAN has at most 16 interfaces";
    for (const auto& port : ports) {
        if (std::ranges::count(ports, port) > 1) return port + " is chosen twice";
        if (ports.size() > 1 && port == uplink.interface)
            return port + " is the way to the Internet: it cannot be joined with the LAN's interfaces";
    }
    return {};
}

std::string why_not(const Uplink& uplink, const Configuration& configuration) {
    if (uplink.interface.empty()) return "the interface is not named";
    if (uplink.mode == UplinkMode::Dhcp) return {};
    for (const auto& network : configuration.networks) {
        if (device_name(uplink) != device_name(network)) continue;
        if (!uplink.gateway || !network.address.contains(*uplink.gateway) || *uplink.gateway == network.address.address)
            return "one-armed, the gateway must be another address of the LAN " + to_string(network.address);
        if (!uplink.address) return {};
    }
    if (!uplink.address || !uplink.gateway)
        return "a static uplink needs its address with the length of its prefix, and a gateway";
    if (uplink.address->length < 8 || uplink.address->length > 30) return "the prefix must have a length of 8 to 30";
    if (!uplink.address->contains(*uplink.gateway) || *uplink.gateway == uplink.address->address)
        return "the gateway " + to_string(*uplink.gateway) + " is not another address of " + to_string(*uplink.address);
    for (const auto& network : configuration.networks) {
        const bool is_one_armed = device_name(uplink) == device_name(network);
        if (!is_one_armed && overlap(*uplink.address, network.address))
            return "the uplink's prefix " + to_string(*uplink.address) + " overlaps the LAN \"" + network.name + "\" (" +
                   to_string(network.address) + "): nobody could tell the two sides apart";
    }
    return {};
}

}  // namespace vivi::model
