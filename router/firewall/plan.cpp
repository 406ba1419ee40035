// From the configuration and the moment to the plan.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/plan.hpp"

#include <algorithm>
#include <tuple>

namespace vivi::firewall {
namespace {

using model::Decision;
using policy::Layer;

Layer layer_of(const model::AddressRule& rule) {
    const bool allows = rule.decision == Decision::Allow;
    if (rule.scope.device) return allows ? Layer::DeviceAllow : Layer::DeviceDeny;
    if (!rule.scope.group.empty()) return allows ? Layer::GroupAllow : Layer::GroupDeny;
    return allows ? Layer::EventAllow : Layer::EventDeny;
}

std::string whom(const model::Scope& scope) {
    if (scope.device) return "device " + to_string(*scope.device);
    return scope.group.empty() ? "everybody" : "group " + scope.group;
}

/// Inside a layer the most specific prefix first, then with a port, then with a transport, then the earlier one: the one that is
/// counted is the one policy::Engine names.
bool is_before(const Rule& left, const Rule& right) {
    const auto key = [](const Rule& rule) {
        const int general = (rule.port ? 0 : 2) + (rule.transport == model::Transport::Any ? 1 : 0);
        return std::tuple{rule.layer, rule.scope, 128 - rule.prefix.length, general, rule.position};
    };
    return key(left) < key(right);
}

std::vector<Rule> rules(const model::Policy& policy, const std::map<Mac, policy::ViewId>& views, WallTime now) {
    const auto group_views = policy::group_views(policy);
    std::vector<Rule> rules;
    for (std::size_t i = 0; i < policy.addresses.size(); ++i) {
        const auto& from = policy.addresses[i];
        if (from.scope.until && *from.scope.until <= now) continue;
        Rule rule{.layer = layer_of(from),
                  .prefix = from.prefix,
                  .transport = from.transport,
                  .port = from.port,
                  .whom = whom(from.scope)};
        if (from.scope.device) rule.scope = views.at(*from.scope.device);
        if (!from.scope.group.empty()) rule.scope = group_views.at(from.scope.group);
        const auto& origin = policy.origin.addresses;
        rule.position = i < origin.size() ? origin[i] : static_cast<std::uint32_t>(i);
        rules.push_back(rule);
    }
    std::ranges::sort(rules, is_before);
    return rules;
}

std::map<Mac, std::string> members(const model::Policy& policy) {
    std::map<Mac, std::string> group_of;
    for (const auto& group : policy.groups) {
        for (const auto& device : group.devices) group_of.emplace(device, group.name);
    }
    return group_of;
}

/// From devices' own views to their groups'.
std::map<policy::ViewId, policy::ViewId> groups_of_views(const model::Policy& policy,
                                                         const std::map<Mac, policy::ViewId>& views) {
    const auto group_views = policy::group_views(policy);
    std::map<policy::ViewId, policy::ViewId> groups;
    for (const auto& [device, group] : members(policy)) {
        const auto own = views.at(device);
        if (own != group_views.at(group)) groups.emplace(own, group_views.at(group));
    }
    return groups;
}

/// Which rows hold for whom. Of the rows that give each device so much, those of the narrowest scope that has any (device, group,
/// everybody); of the shared ones every row that covers the device.
class Limits {
public:
    explicit Limits(const model::Policy& policy) : policy_{policy}, group_of_{members(policy)} {}

    void put(Plan& plan) const {
        for (std::size_t i = 0; i < policy_.limits.size(); ++i) {
            const auto& row = policy_.limits[i];
            plan.limits.push_back({.up_kbit = row.up_kbit,
                                   .down_kbit = row.down_kbit,
                                   .each_device = row.each_device || row.device.has_value(),
                                   .position = static_cast<std::uint32_t>(i)});
        }
        plan.limit_classes.push_back(rows_for(std::nullopt));
        for (const auto& device : named()) {
            if (plan.protected_devices.contains(device)) continue;
            const auto number = class_of(rows_for(device), plan.limit_classes);
            if (number != 0) plan.limited.emplace(device, number);
        }
        for (const auto& [address, device] : plan.holders) {
            const auto found = plan.limited.find(device);
            if (found != plan.limited.end()) plan.limited_addresses.emplace(address, found->second);
        }
    }

private:
    enum class Width : std::uint8_t { Device, Group, Everybody };

    static Width width(const model::RateLimit& row) {
        return row.device ? Width::Device : !row.group.empty() ? Width::Group : Width::Everybody;
    }
    bool covers(const model::RateLimit& row, const std::optional<Mac>& device) const {
        if (row.device) return row.device == device;
        if (row.group.empty()) return true;
        const auto found = device ? group_of_.find(*device) : group_of_.end();
        return found != group_of_.end() && found->second == row.group;
    }
    std::vector<std::size_t> rows_for(const std::optional<Mac>& device) const {
        auto narrowest = Width::Everybody;
        for (const auto& row : policy_.limits) {
            if ((row.each_device || row.device) && covers(row, device)) narrowest = std::min(narrowest, width(row));
        }
        std::vector<std::size_t> rows;
        for (std::size_t i = 0; i < policy_.limits.size(); ++i) {
            const auto& row = policy_.limits[i];
            const bool is_shared = !row.each_device && !row.device;
            if (covers(row, device) && (is_shared || width(row) == narrowest)) rows.push_back(i);
        }
        return rows;
    }
    std::set<Mac> named() const {
        std::set<Mac> devices;
        for (const auto& row : policy_.limits) {
            if (row.device) devices.insert(*row.device);
            if (row.group.empty()) continue;
            for (const auto& [device, group] : group_of_) {
                if (group == row.group) devices.insert(device);
            }
        }
        return devices;
    }
    static LimitClass class_of(const std::vector<std::size_t>& rows, std::vector<std::vector<std::size_t>>& classes) {
        const auto found = std::ranges::find(classes, rows);
        const auto number = static_cast<LimitClass>(found - classes.begin());
        if (found == classes.end()) classes.push_back(rows);
        return number;
    }

    const model::Policy& policy_;
    std::map<Mac, std::string> group_of_;
};

std::set<Mac> admitted(const model::Policy& policy, WallTime now) {
    std::set<Mac> devices;
    for (const auto& rule : policy.devices) {
        if (rule.decision == Decision::Allow && (!rule.until || now < *rule.until)) devices.insert(rule.device);
    }
    return devices;
}

void put_devices(Plan& plan, const model::Configuration& configuration, const Facts& facts, WallTime now) {
    const auto& policy = configuration.policy;
    plan.holders = holders(configuration, facts.leased, facts.seen);
    plan.bans = bans(banned_devices(policy, now), plan.holders, facts.quarantined);
    plan.protected_devices = {policy.protected_devices.begin(), policy.protected_devices.end()};
    plan.views = policy::views(policy);
    plan.admits_all = policy.new_devices == model::NewDevices::Allow;
    if (!plan.admits_all) plan.admitted = admitted(policy, now);
    if (!plan.anti_spoofing) return;
    for (const auto& place : facts.leased) {
        if (const auto address = from_mapped(place.address)) plan.leased.insert_or_assign(*address, place.device);
    }
}

}  // namespace

Plan plan(const model::Configuration& configuration, const Facts& facts, WallTime now) {
    const auto& policy = configuration.policy;
    Plan plan{.uplink = configuration.uplink.interface.empty() ? std::string{} : model::device_name(configuration.uplink),
              .topology = model::topology(configuration),
              .masquerade = configuration.uplink.masquerade,
              .ipv6 = configuration.firewall.ipv6,
              .anti_spoofing = configuration.firewall.anti_spoofing,
              .redirect_dns = configuration.firewall.redirect_dns,
              .strict = configuration.dns.strict,
              .dns = facts.dns,
              .modes = policy::modes(policy)};
    for (const auto& network : configuration.networks)
        plan.lans.push_back({.device = model::device_name(network), .address = network.address});
    put_devices(plan, configuration, facts, now);
    plan.rules = rules(policy, plan.views, now);
    plan.groups = groups_of_views(policy, plan.views);
    Limits{policy}.put(plan);
    return plan;
}

}  // namespace vivi::firewall
