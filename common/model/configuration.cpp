// The configuration document's JSON, with every problem reported at its pointer.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/configuration.hpp"

#include <array>
#include <set>

namespace vivi::model {
namespace {

/// The spelling of an enumerator in the document; the index is the enumerator's value.
template <std::size_t N>
using Names = std::array<std::string_view, N>;

constexpr Names<2> uplink_modes{"dhcp", "static"};
constexpr Names<3> block_answers{"nxdomain", "null", "page"};
constexpr Names<2> decisions{"allow", "deny"};
constexpr Names<2> modes{"block-listed", "allow-listed"};
constexpr Names<3> new_devices{"allow", "ask", "deny"};

template <class Enum, std::size_t N>
std::string_view name_of(Enum value, const Names<N>& names) {
    return names.at(static_cast<std::size_t>(value));
}

template <class Enum, std::size_t N>
Enum enumerator(Fields& in, std::string_view key, const Names<N>& names, Enum fallback) {
    const auto text = in.text(key, std::string{name_of(fallback, names)});
    for (std::size_t i = 0; i < N; ++i) {
        if (names.at(i) == text) return static_cast<Enum>(i);
    }
    std::string what = "must be one of";
    for (const auto name : names) what.append(" ").append(name);
    in.problem(key, what);
    return fallback;
}

/// A list of values that are text in the document.
template <class T, class Parse>
std::vector<T> text_list(Fields& in, std::string_view key, std::string_view what, Parse parse) {
    std::vector<T> values;
    std::size_t index = 0;
    for (const auto& element : in.array(key)) {
        const auto value = element.is_string() ? parse(element.template get<std::string>()) : std::nullopt;
        if (value) values.push_back(*value);
        else in.problem(std::string{key} + '/' + std::to_string(index), what);
        ++index;
    }
    return values;
}

std::optional<std::string> any_text(std::string text) {
    if (text.empty()) return std::nullopt;
    return text;
}

template <class T, class Read>
std::vector<T> object_list(Fields& in, std::string_view key, Problems& problems, Read read) {
    std::vector<T> values;
    std::size_t index = 0;
    for (const auto& element : in.array(key)) {
        Fields row{element, in.at(key) + '/' + std::to_string(index++), problems};
        values.push_back(read(row));
        row.refuse_unknown();
    }
    return values;
}

template <class T>
Json texts(const std::vector<T>& values) {
    Json list = Json::array();
    for (const auto& value : values) {
        if constexpr (std::is_same_v<T, std::string>) list.push_back(value);
        else list.push_back(to_string(value));
    }
    return list;
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

Network parse_network(Fields& in, Problems& problems) {
    Network network{.name = in.text("name"), .interface = in.text("interface"), .address = in.ipv4_prefix("address")};
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
                  .mode = enumerator(in, "mode", uplink_modes, UplinkMode::Dhcp),
                  .masquerade = in.flag("masquerade", true)};
    if (in.has("address")) uplink.address = in.ipv4_prefix("address");
    if (in.has("gateway")) uplink.gateway = in.ipv4("gateway");
    if (uplink.mode == UplinkMode::Static && !uplink.address) in.problem("address", "is needed when mode is static");
    in.refuse_unknown();
    return uplink;
}

Dns parse_dns(const Json& json, Problems& problems) {
    Fields in{json, "/dns", problems};
    Dns dns{.upstream = text_list<std::string>(in, "upstream", "must be an address", any_text),
            .block_answer = enumerator(in, "block_answer", block_answers, BlockAnswer::Nxdomain),
            .strict = in.flag("strict", false)};
    in.refuse_unknown();
    return dns;
}

Policy parse_policy(const Json& json, Problems& problems) {
    Fields in{json, "/policy", problems};
    Policy policy{.mode = enumerator(in, "mode", modes, Mode::BlockListed),
                  .new_devices = enumerator(in, "new_devices", new_devices, NewDevices::Allow)};
    policy.devices = object_list<DeviceRule>(in, "devices", problems, [](Fields& row) {
        DeviceRule rule{.device = row.mac("device"),
                        .decision = enumerator(row, "decision", decisions, Decision::Deny),
                        .reason = row.text("reason", "")};
        if (row.has("until")) rule.until = from_unix_ms(row.integer("until"));
        return rule;
    });
    policy.domains = object_list<DomainRule>(in, "domains", problems, [](Fields& row) {
        return DomainRule{.domain = row.text("domain"),
                          .subdomains = row.flag("subdomains", true),
                          .decision = enumerator(row, "decision", decisions, Decision::Deny)};
    });
    policy.addresses = object_list<AddressRule>(in, "addresses", problems, [](Fields& row) {
        AddressRule rule{.prefix = row.text("prefix"), .decision = enumerator(row, "decision", decisions, Decision::Deny)};
        if (row.has("port")) {
            const auto port = row.integer("port");
            if (port < 1 || port > 65535) row.problem("port", "must be in 1..65535");
            rule.port = static_cast<std::uint16_t>(port);
        }
        return rule;
    });
    policy.denied_categories = text_list<std::string>(in, "denied_categories", "must be a text", any_text);
    policy.denied_services = text_list<std::string>(in, "denied_services", "must be a text", any_text);
    policy.protected_devices =
        text_list<Mac>(in, "protected_devices", "must be a MAC address", [](const auto& t) { return parse_mac(t); });
    in.refuse_unknown();
    return policy;
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

void check_together(const Configuration& configuration, Problems& problems) {
    std::set<std::string> names;
    for (std::size_t i = 0; i < configuration.networks.size(); ++i) {
        const auto& network = configuration.networks[i];
        const auto pointer = "/networks/" + std::to_string(i);
        if (!names.insert(network.name).second) problems.push_back(pointer + "/name: is used twice");
        for (std::size_t j = 0; j < i; ++j) {
            if (overlap(network.address, configuration.networks[j].address))
                problems.push_back(pointer + "/address: overlaps network " + configuration.networks[j].name);
        }
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

Json policy_json(const Policy& policy) {
    Json devices = Json::array();
    for (const auto& rule : policy.devices) {
        Json row{{"device", to_string(rule.device)}, {"decision", name_of(rule.decision, decisions)}, {"reason", rule.reason}};
        if (rule.until) row["until"] = to_unix_ms(*rule.until);
        devices.push_back(std::move(row));
    }
    Json domains = Json::array();
    for (const auto& rule : policy.domains) {
        domains.push_back(
            {{"domain", rule.domain}, {"subdomains", rule.subdomains}, {"decision", name_of(rule.decision, decisions)}});
    }
    Json addresses = Json::array();
    for (const auto& rule : policy.addresses) {
        Json row{{"prefix", rule.prefix}, {"decision", name_of(rule.decision, decisions)}};
        if (rule.port) row["port"] = *rule.port;
        addresses.push_back(std::move(row));
    }
    return {{"mode", name_of(policy.mode, modes)},
            {"new_devices", name_of(policy.new_devices, new_devices)},
            {"devices", std::move(devices)},
            {"domains", std::move(domains)},
            {"addresses", std::move(addresses)},
            {"denied_categories", texts(policy.denied_categories)},
            {"denied_services", texts(policy.denied_services)},
            {"protected_devices", texts(policy.protected_devices)}};
}

}  // namespace

Json to_json(const Configuration& configuration) {
    Json networks = Json::array();
    for (const auto& network : configuration.networks) {
        Json row{{"name", network.name}, {"interface", network.interface}, {"address", to_string(network.address)}};
        if (network.dhcp) row["dhcp"] = dhcp_json(*network.dhcp);
        networks.push_back(std::move(row));
    }
    const auto& uplink = configuration.uplink;
    Json uplink_json{
        {"interface", uplink.interface}, {"mode", name_of(uplink.mode, uplink_modes)}, {"masquerade", uplink.masquerade}};
    if (uplink.address) uplink_json["address"] = to_string(*uplink.address);
    if (uplink.gateway) uplink_json["gateway"] = to_string(*uplink.gateway);
    return {{"v", 1},
            {"revision", configuration.revision},
            {"custody", configuration.custody},
            {"networks", std::move(networks)},
            {"uplink", std::move(uplink_json)},
            {"dns",
             {{"upstream", texts(configuration.dns.upstream)},
              {"block_answer", name_of(configuration.dns.block_answer, block_answers)},
              {"strict", configuration.dns.strict}}},
            {"policy", policy_json(configuration.policy)},
            {"monitoring",
             {{"tick_ms", configuration.monitoring.tick.count()},
              {"watched_tick_ms", configuration.monitoring.watched_tick.count()}}}};
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
    configuration.policy = parse_policy(in.object("policy"), problems);
    configuration.monitoring = parse_monitoring(in.object("monitoring"), problems);
    in.refuse_unknown();
    check_together(configuration, problems);
    if (!problems.empty()) return std::unexpected{std::move(problems)};
    return configuration;
}

}  // namespace vivi::model
