// The configuration document's JSON, with every problem reported at its pointer.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/configuration.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "common/core/domain_name.hpp"
#include "common/model/carried_leases.hpp"
#include "common/model/reading.hpp"

namespace vivi::model {
namespace {

constexpr Names<2> uplink_modes{"dhcp", "static"};
constexpr Names<3> block_answers{"nxdomain", "null", "page"};
constexpr Names<2> ipv6_modes{"drop", "filter"};

std::optional<std::uint16_t> vlan(Fields& in) {
    if (!in.has("vlan")) return std::nullopt;
    const auto id = in.integer("vlan");
    if (id < 1 || id > 4094) in.problem("vlan", "must be in 1..4094");
    return static_cast<std::uint16_t>(id);
}

Dhcp parse_dhcp(const Json& json, const std::string& pointer, Problems& problems) {
    Fields in{json, pointer, problems};
    Dhcp dhcp{.from = in.ipv4("from"),
              .to = in.ipv4("to"),
              .lease = Seconds{in.integer("lease_seconds", 3600)},
              .dns = text_list<Ipv4>(in, "dns", "must be an IPv4 address", [](const auto& t) { return parse_ipv4(t); }),
              .ntp = text_list<Ipv4>(in, "ntp", "must be an IPv4 address", [](const auto& t) { return parse_ipv4(t); }),
              .domain = in.text("domain", "lan"),
              .reservations = object_list<Reservation>(in, "reservations", problems, [](Fields& row) {
                  Reservation reservation{.device = row.mac("device"), .hostname = row.text("hostname", "")};
                  if (row.has("address")) reservation.address = row.ipv4("address");
                  return reservation;
              })};
    if (dhcp.lease < Seconds{60} || dhcp.lease > Seconds{604'800}) in.problem("lease_seconds", "must be in 60..604800");
    if (dhcp.to < dhcp.from) in.problem("to", "must not be before from");
    in.refuse_unknown();
    return dhcp;
}

std::optional<std::string> interface_name(std::string text) {
    if (text.empty() || text.size() > 15) return std::nullopt;
    return text;
}

Network parse_network(Fields& in, Problems& problems) {
    Network network{.name = in.text("name"),
                    .interface = in.text("interface"),
                    .ports = text_list<std::string>(in, "ports", "must have 1 to 15 characters", interface_name),
                    .vlan = vlan(in),
                    .address = in.ipv4_prefix("address")};
    if (network.ports.size() > max_bridge_ports) in.problem("ports", "must be at most 16");
    if (network.name.empty()) in.problem("name", "must not be empty");
    if (network.interface.empty() || network.interface.size() > 15) in.problem("interface", "must have 1 to 15 characters");
    const auto& dhcp = in.object("dhcp");
    if (in.has("dhcp")) {
        network.dhcp = parse_dhcp(dhcp, in.at("dhcp"), problems);
        for (const auto& [key, address] : {std::pair{"dhcp/from", network.dhcp->from}, std::pair{"dhcp/to", network.dhcp->to}}) {
            if (!network.address.contains(address)) in.problem(key, "must lie inside " + to_string(network.address));
        }
    }
    return network;
}

Uplink parse_uplink(const Json& json, Problems& problems) {
    Fields in{json, "/uplink", problems};
    Uplink uplink{.interface = in.text("interface", ""),
                  .vlan = vlan(in),
                  .mode = enumerator(in, "mode", uplink_modes, UplinkMode::Dhcp),
                  .masquerade = in.flag("masquerade", true)};
    if (in.has("address")) uplink.address = in.ipv4_prefix("address");
    if (in.has("gateway")) uplink.gateway = in.ipv4("gateway");
    in.refuse_unknown();
    return uplink;
}

Dns parse_dns(const Json& json, Problems& problems) {
    Fields in{json, "/dns", problems};
    Dns dns{.upstream = text_list<std::string>(in, "upstream", "must be an address", any_text),
            .block_answer = enumerator(in, "block_answer", block_answers, BlockAnswer::Nxdomain),
            .strict = in.flag("strict", false),
            .block_private_relay = in.flag("block_private_relay", false),
            .block_browser_doh = in.flag("block_browser_doh", true),
            .private_names = text_list<std::string>(in, "private_names", "must be a domain name",
                                                    [](const auto& text) { return normalise_domain(text); })};
    in.refuse_unknown();
    return dns;
}

Firewall parse_firewall(const Json& json, Problems& problems) {
    Fields in{json, "/firewall", problems};
    const Firewall firewall{.anti_spoofing = in.flag("anti_spoofing", true),
                            .redirect_dns = in.flag("redirect_dns", true),
                            .ipv6 = enumerator(in, "ipv6", ipv6_modes, Ipv6Mode::Drop)};
    in.refuse_unknown();
    return firewall;
}

Monitoring parse_monitoring(const Json& json, Problems& problems) {
    Fields in{json, "/monitoring", problems};
    Monitoring monitoring{.tick = Milliseconds{in.integer("tick_ms", 10'000)},
                          .watched_tick = Milliseconds{in.integer("watched_tick_ms", 250)}};
    if (monitoring.tick < 1s || monitoring.tick > 60s) in.problem("tick_ms", "must be in 1000..60000");
    if (monitoring.watched_tick < 100ms || monitoring.watched_tick > monitoring.tick)
        in.problem("watched_tick_ms", "must be in 100..tick_ms");
    in.refuse_unknown();
    return monitoring;
}

bool overlap(Ipv4Prefix a, Ipv4Prefix b) { return a.contains(b.network()) || b.contains(a.network()); }

/// An interface is in one bridge, and is not the uplink's or a bridge besides.
void check_ports(const Configuration& configuration, Problems& problems) {
    std::map<std::string, std::string> bridge_of;
    for (std::size_t i = 0; i < configuration.networks.size(); ++i) {
        const auto& network = configuration.networks[i];
        const auto pointer = "/networks/" + std::to_string(i) + "/ports";
        for (const auto& port : network.ports) {
            const auto& bridge = bridge_of.try_emplace(port, network.interface).first->second;
            if (std::ranges::count(network.ports, port) > 1 || bridge != network.interface)
                problems.push_back(pointer + ": " + port + " is used twice");
            if (port == configuration.uplink.interface) problems.push_back(pointer + ": " + port + " is the uplink's");
            if (std::ranges::find(configuration.networks, port, &Network::interface) != configuration.networks.end())
                problems.push_back(pointer + ": " + port + " is a network's interface itself");
        }
    }
}

void check_together(const Configuration& configuration, Problems& problems) {
    std::set<std::string> names;
    const auto& uplink = configuration.uplink;
    const bool is_one_armed = topology(configuration) == Topology::OneArmed;  // Then its address is the network's.
    if (uplink.mode == UplinkMode::Static && !uplink.address && !is_one_armed)
        problems.push_back("/uplink/address: is needed when mode is static");
    if (is_one_armed && !uplink.gateway)
        problems.push_back("/uplink/gateway: is needed when the uplink is the interface of a network");
    for (std::size_t i = 0; i < configuration.networks.size(); ++i) {
        const auto& network = configuration.networks[i];
        const auto pointer = "/networks/" + std::to_string(i);
        if (!names.insert(network.name).second) problems.push_back(pointer + "/name: is used twice");
        for (std::size_t j = 0; j < i; ++j) {
            if (overlap(network.address, configuration.networks[j].address))
                problems.push_back(pointer + "/address: overlaps network " + configuration.networks[j].name);
        }
        if (is_one_armed) continue;
        if (configuration.uplink.address && overlap(network.address, *configuration.uplink.address))
            problems.push_back("/uplink/address: overlaps network " + network.name);
    }
}

Json dhcp_json(const Dhcp& dhcp) {
    Json reservations = Json::array();
    for (const auto& reservation : dhcp.reservations) {
        Json row{{"device", to_string(reservation.device)}, {"hostname", reservation.hostname}};
        if (reservation.address) row["address"] = to_string(*reservation.address);
        reservations.push_back(std::move(row));
    }
    return {{"from", to_string(dhcp.from)},
            {"to", to_string(dhcp.to)},
            {"lease_seconds", dhcp.lease.count()},
            {"dns", texts(dhcp.dns)},
            {"ntp", texts(dhcp.ntp)},
            {"domain", dhcp.domain},
            {"reservations", std::move(reservations)}};
}

}  // namespace

std::string device_name(const std::string& interface, std::optional<std::uint16_t> vlan) {
    return vlan ? interface + "." + std::to_string(*vlan) : interface;
}

Topology topology(const Configuration& configuration) {
    const auto& uplink = configuration.uplink;
    const auto shares_device = [&](const Network& network) { return device_name(network) == device_name(uplink); };
    const auto shares_interface = [&](const Network& network) { return network.interface == uplink.interface; };
    if (std::ranges::any_of(configuration.networks, shares_device)) return Topology::OneArmed;
    if (std::ranges::any_of(configuration.networks, shares_interface)) return Topology::RouterOnAStick;
    return Topology::Inline;
}

Json to_json(const Configuration& configuration) {
    Json networks = Json::array();
    for (const auto& network : configuration.networks) {
        Json row{{"name", network.name}, {"interface", network.interface}, {"address", to_string(network.address)}};
        if (network.vlan) row["vlan"] = *network.vlan;
        if (!network.ports.empty()) row["ports"] = texts(network.ports);
        if (network.dhcp) row["dhcp"] = dhcp_json(*network.dhcp);
        networks.push_back(std::move(row));
    }
    const auto& uplink = configuration.uplink;
    Json uplink_json{
        {"interface", uplink.interface}, {"mode", name_of(uplink.mode, uplink_modes)}, {"masquerade", uplink.masquerade}};
    if (uplink.vlan) uplink_json["vlan"] = *uplink.vlan;
    if (uplink.address) uplink_json["address"] = to_string(*uplink.address);
    if (uplink.gateway) uplink_json["gateway"] = to_string(*uplink.gateway);
    Json document{{"v", 1},
                  {"revision", configuration.revision},
                  {"custody", configuration.custody},
                  {"networks", std::move(networks)},
                  {"uplink", std::move(uplink_json)},
                  {"dns",
                   {{"upstream", texts(configuration.dns.upstream)},
                    {"block_answer", name_of(configuration.dns.block_answer, block_answers)},
                    {"strict", configuration.dns.strict},
                    {"block_private_relay", configuration.dns.block_private_relay},
                    {"block_browser_doh", configuration.dns.block_browser_doh},
                    {"private_names", texts(configuration.dns.private_names)}}},
                  {"firewall",
                   {{"anti_spoofing", configuration.firewall.anti_spoofing},
                    {"redirect_dns", configuration.firewall.redirect_dns},
                    {"ipv6", name_of(configuration.firewall.ipv6, ipv6_modes)}}},
                  {"policy", to_json(configuration.policy)},
                  {"monitoring",
                   {{"tick_ms", configuration.monitoring.tick.count()},
                    {"watched_tick_ms", configuration.monitoring.watched_tick.count()}}}};
    if (!configuration.contact.empty()) document["contact"] = configuration.contact;
    return document;
}

std::expected<Configuration, Problems> parse_configuration(const Json& document) {
    Problems problems;
    Fields in{document, "", problems};
    if (in.integer("v") != 1) in.problem("v", "must be 1");
    Configuration configuration{.revision = in.integer("revision"), .custody = in.text("custody", "")};
    configuration.networks =
        object_list<Network>(in, "networks", problems, [&](Fields& row) { return parse_network(row, problems); });
    configuration.uplink = parse_uplink(in.object("uplink"), problems);
    configuration.dns = parse_dns(in.object("dns"), problems);
    configuration.firewall = parse_firewall(in.object("firewall"), problems);
    configuration.policy = parse_policy(in.object("policy"), "/policy", problems);
    configuration.monitoring = parse_monitoring(in.object("monitoring"), problems);
    configuration.contact = in.text("contact", "");
    if (characters(configuration.contact) > max_contact_characters || has_control_character(configuration.contact))
        in.problem("contact", "must be one line of at most 120 characters");
    if (in.text_is_there("carried_leases") &&
        carried_leases_of(document).empty())  // Of the router's daemons, not of what is in force.
        in.problem("carried_leases", "must be 64 hexadecimal digits in lower case");
    in.refuse_unknown();
    check_together(configuration, problems);
    check_ports(configuration, problems);
    if (!problems.empty()) return std::unexpected{std::move(problems)};
    return configuration;
}

}  // namespace vivi::model
