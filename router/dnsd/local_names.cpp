// Who gets which name, and the few lookups that follow from it.
// SPDX-License-Identifier: Apache-2.0
#include "router/dnsd/local_names.hpp"

#include <algorithm>
#include <array>

#include "common/core/domain_name.hpp"

namespace vivi::dnsd {
namespace {

constexpr std::string_view router_label = "vivi", always_local = "lan";
constexpr std::array<std::string_view, 4> nobodys{"vivi", "localhost", "wpad", "isatap"};

/// The first label of a host name, fit for DNS; empty when it is not, or nobody's.
std::string label_of(std::string_view hostname) {
    const auto label = normalise_domain(hostname.substr(0, hostname.find('.')));
    if (!label || std::ranges::find(nobodys, *label) != nobodys.end()) return {};
    return *label;
}

std::string domain_of(const model::Network& network) {
    const auto domain = network.dhcp ? normalise_domain(network.dhcp->domain) : std::nullopt;
    return domain ? *domain : std::string{always_local};
}

bool holds(std::span<const std::string> names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

std::string joined(std::string_view label, std::string_view domain) { return std::string{label}.append(".").append(domain); }

}  // namespace

std::optional<Ipv4> reverse_address(std::string_view name) noexcept {
    constexpr std::string_view zone = ".in-addr.arpa";
    if (!name.ends_with(zone)) return std::nullopt;
    const auto reversed = parse_ipv4(name.substr(0, name.size() - zone.size()));
    if (!reversed) return std::nullopt;
    const auto v = reversed->value;
    return Ipv4{v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24};
}

const model::Network* LocalNames::network_of(const model::Lease& lease) const noexcept {
    const auto named = std::ranges::find(networks_, lease.network, &model::Network::name);
    if (named != networks_.end()) return &*named;
    const auto around =
        std::ranges::find_if(networks_, [&](const auto& network) { return network.address.contains(lease.address); });
    return around == networks_.end() ? nullptr : &*around;
}

void LocalNames::add_reservations(const model::Network& network) {
    if (!network.dhcp) return;
    for (const auto& reservation : network.dhcp->reservations) {
        const auto label = label_of(reservation.hostname);
        if (label.empty()) continue;
        const auto name = joined(label, domain_of(network));
        hosts_.insert_or_assign(name, Host{reservation.address.value_or(Ipv4{}), reservation.device});
        if (reservation.address) pointers_.insert_or_assign(*reservation.address, name);
    }
}

void LocalNames::add_lease(const model::Lease& lease) {
    const auto* network = network_of(lease);
    const auto label = label_of(lease.hostname);
    if (label.empty()) return;
    const auto name = joined(label, network ? domain_of(*network) : std::string{always_local});
    auto& host = hosts_[name];
    if (host.reserved_for && *host.reserved_for != lease.device) return;
    if (host.reserved_for && host.address != lease.address) pointers_.erase(host.address);
    if (!host.reserved_for && host.address != Ipv4{}) return;  // A newer lease has it.
    host.address = lease.address;
    pointers_.insert_or_assign(lease.address, name);
}

void LocalNames::set(std::span<const model::Network> networks, std::span<const model::Lease> leases) {
    networks_.assign(networks.begin(), networks.end());
    domains_.assign(1, std::string{always_local});
    hosts_.clear();
    pointers_.clear();
    for (const auto& network : networks_) {
        if (const auto domain = domain_of(network); !holds(domains_, domain)) domains_.push_back(domain);
        add_reservations(network);
    }
    std::vector<model::Lease> newest_first{leases.begin(), leases.end()};
    std::ranges::sort(newest_first, [](const auto& left, const auto& right) {
        return left.granted_at != right.granted_at ? left.granted_at > right.granted_at : left.address < right.address;
    });
    for (const auto& lease : newest_first) add_lease(lease);
    for (const auto& network : networks_)
        pointers_.insert_or_assign(network.address.address, joined(router_label, domain_of(network)));
    std::erase_if(hosts_, [](const auto& entry) { return entry.second.address == Ipv4{}; });  // Reserved, and not here now.
}

std::optional<Ipv4> LocalNames::own_address(const Ipv6& client) const noexcept {
    if (networks_.empty()) return std::nullopt;
    const auto ipv4 = from_mapped(client);
    const auto around =
        std::ranges::find_if(networks_, [&](const auto& network) { return ipv4 && network.address.contains(*ipv4); });
    return (around == networks_.end() ? networks_.front() : *around).address.address;
}

bool LocalNames::is_own(const Ipv6& address) const noexcept {
    const auto ipv4 = from_mapped(address);
    return ipv4 && std::ranges::any_of(networks_, [&](const auto& network) { return network.address.address == *ipv4; });
}

bool LocalNames::is_inside(const Ipv6& address) const noexcept {
    const auto ipv4 = from_mapped(address);
    return ipv4 && std::ranges::any_of(networks_, [&](const auto& network) { return network.address.contains(*ipv4); });
}

LocalNames::Found LocalNames::find(std::string_view name, const Ipv6& client) const {
    if (name.ends_with(".in-addr.arpa")) {
        const auto address = reverse_address(name);
        const auto pointer = address ? pointers_.find(*address) : pointers_.end();
        if (pointer == pointers_.end()) return {};
        return {.kind = Kind::Pointer, .address = {}, .target = pointer->second};
    }
    const auto domain = std::ranges::find_if(domains_, [&](const auto& local) { return is_at_or_below(name, local); });
    if (domain == domains_.end()) return {};
    if (holds(domains_, name)) return {.kind = Kind::Domain};
    const auto dot = name.find('.');
    if (name.substr(0, dot) == router_label && holds(domains_, name.substr(dot + 1)))
        return {.kind = Kind::Host, .address = own_address(client)};
    if (const auto host = hosts_.find(name); host != hosts_.end()) return {.kind = Kind::Host, .address = host->second.address};
    return {.kind = Kind::Nothing};
}

}  // namespace vivi::dnsd
