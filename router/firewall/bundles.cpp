// Grouping of rules, and names that stay.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/bundles.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>

namespace vivi::firewall {
namespace {

/// FNV-1a, 64 bits.
std::string hash(std::string_view text) {
    std::uint64_t value = 0xcbf29ce484222325ULL;
    for (const char c : text) value = (value ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hexadecimal;
    for (int shift = 60; shift >= 0; shift -= 4) hexadecimal += digits[value >> shift & 0xf];
    return hexadecimal;
}

std::string transport_and_port(const Bundle& bundle) {
    std::string text;
    if (bundle.transport != model::Transport::Any) text.append(" ").append(to_string(bundle.transport));
    if (bundle.port) text.append(" port ").append(std::to_string(*bundle.port));
    return text;
}

std::string identity(const Bundle& bundle) {
    std::string text{to_string(bundle.layer)};
    text.append(" ").append(std::to_string(bundle.scope)).append(transport_and_port(bundle));
    return text + (bundle.is_set ? " set" : " " + to_string(bundle.prefixes.front()));
}

Bundle bundle_of(const Rule& rule, bool is_set) {
    Bundle bundle{.layer = rule.layer,
                  .scope = rule.scope,
                  .transport = rule.transport,
                  .port = rule.port,
                  .prefixes = {rule.prefix},
                  .positions = {rule.position},
                  .whom = rule.whom,
                  .is_set = is_set,
                  .denies = rule.denies()};
    bundle.id = hash(identity(bundle));
    return bundle;
}

}  // namespace

bool forwards_ipv6(const Plan& plan) noexcept {
    return plan.ipv6 == model::Ipv6Mode::Filter && plan.topology != model::Topology::OneArmed;
}

std::string Bundle::description() const {
    const auto what =
        positions.size() == 1 ? "address " + to_string(prefixes.front()) : std::to_string(positions.size()) + " addresses";
    return what + transport_and_port(*this) + (denies ? " (deny, " : " (allow, ") + whom + ")";
}

std::string Bundle::pointer() const {
    return positions.size() == 1 ? "/addresses/" + std::to_string(positions.front()) : std::string{};
}

std::vector<Bundle> bundles(const Plan& plan) {
    const bool is_set = plan.rules.size() > most_single_rules;
    std::vector<Bundle> bundles;
    std::map<std::string, std::size_t> by_id;
    for (const auto& rule : plan.rules) {
        if (!rule.prefix.is_ipv4() && !forwards_ipv6(plan)) continue;
        auto bundle = bundle_of(rule, is_set);
        const auto [found, is_new] = by_id.emplace(bundle.id, bundles.size());
        if (is_new) {
            bundles.push_back(std::move(bundle));
        } else if (is_set) {
            bundles[found->second].prefixes.push_back(rule.prefix);
            bundles[found->second].positions.push_back(rule.position);
        }
    }
    return bundles;
}

}  // namespace vivi::firewall
