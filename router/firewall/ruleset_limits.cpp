// How fast: a chain after the policy's, for what it let pass; and which counters there are.
// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "router/firewall/bundles.hpp"
#include "router/firewall/ruleset.hpp"
#include "router/firewall/ruleset_parts.hpp"

namespace vivi::firewall {
namespace {

/// The kernel's bucket holds one second of the rate and this (nft_limit.c): room for the largest packet that segmentation offload
/// makes, or such packets would never pass a slow limit.
constexpr std::string_view burst = " bytes/second burst 65536 bytes";

std::string rate(std::uint32_t kbit) { return "rate over " + std::to_string(std::uint64_t{kbit} * 125) + std::string{burst}; }

/// Buckets of devices with one rate share a set: its name says the rate, because a bucket keeps the one it was made with.
void put_each(Script& script, const std::string& chain, const std::string& name, std::string_view type, std::string_view key,
              std::uint32_t kbit) {
    const auto set = name + "_" + std::to_string(kbit);
    script.set(set, "type " + std::string{type} + "; flags dynamic,timeout; timeout 1m; size 65535;", Script::Refill::No);
    script.rule(chain, "update @" + set + " { " + std::string{key} + " limit " + rate(kbit) + " } " +
                           count_and(counter::limited, "drop"));
}

void put_shared(Script& script, const std::string& chain, const std::string& name, std::uint32_t kbit) {
    const auto limit = name + "_" + std::to_string(kbit);
    script.limit(limit, rate(kbit) + ";");
    script.rule(chain, "limit name " + in_quotes(limit) + " " + count_and(counter::limited, "drop"));
}

void put_class(Script& script, const Plan& plan, LimitClass number) {
    const auto suffix = std::to_string(number);
    for (const auto index : plan.limit_classes[number]) {
        const auto& limit = plan.limits[index];
        const auto shared = "shared_" + std::to_string(limit.position);
        if (limit.up_kbit != 0 && limit.each_device)
            put_each(script, "limit_up_" + suffix, "rate_up", "ether_addr", "ether saddr", limit.up_kbit);
        if (limit.up_kbit != 0 && !limit.each_device) put_shared(script, "limit_up_" + suffix, shared + "_up", limit.up_kbit);
        if (limit.down_kbit != 0 && limit.each_device) {
            put_each(script, "limit_down_" + suffix, "rate_down4", "ipv4_addr", "ip daddr", limit.down_kbit);
            if (forwards_ipv6(plan))
                put_each(script, "limit_down_" + suffix, "rate_down6", "ipv6_addr", "ip6 daddr", limit.down_kbit);
        }
        if (limit.down_kbit != 0 && !limit.each_device)
            put_shared(script, "limit_down_" + suffix, shared + "_down", limit.down_kbit);
    }
}

}  // namespace

void put_limits(Script& script, const Plan& plan) {
    if (plan.limits.empty()) return;
    script.rule("limits", "ct direction reply goto limits_down");
    script.rule("limits", "ether saddr @protected_devices accept");
    script.rule("limits", "meta mark set 0x00000000");
    script.rule("limits", "meta mark set ether saddr map @limited");
    script.rule("limits_down", "ct mark " + hexadecimal(protected_mark) + " accept");
    script.rule("limits_down", "meta mark set 0x00000000");
    script.rule("limits_down", "meta mark set ip daddr map @limited4");
    script.rule("limits_down", "meta mark set ip6 daddr map @limited6");
    std::vector<std::string> up, down;
    for (LimitClass number = 0; number < plan.limit_classes.size(); ++number) {
        const auto suffix = std::to_string(number);
        script.chain("limit_up_" + suffix);
        script.chain("limit_down_" + suffix);
        put_class(script, plan, number);
        up.push_back(hexadecimal(number) + " : goto limit_up_" + suffix);
        down.push_back(hexadecimal(number) + " : goto limit_down_" + suffix);
    }
    script.rule("limits", "meta mark vmap " + braces(up));
    script.rule("limits_down", "meta mark vmap " + braces(down));
}

std::vector<Hits> counted(const Plan& plan) {
    using namespace std::string_literals;
    const auto mode = plan.modes.find(policy::everybody);
    const bool is_allow_listed = mode != plan.modes.end() && mode->second == model::Mode::AllowListed;
    std::vector<Hits> all{
        {.counter = std::string{counter::banned}, .layer = "banned", .description = "banned device"},
        {.counter = std::string{counter::spoofed}, .layer = "spoofed", .description = "another device's address"},
        {.counter = std::string{counter::cut}, .layer = "cut", .description = "name denied in TLS or QUIC"},
        {.counter = std::string{counter::new_device},
         .layer = "new_device",
         .pointer = "/new_devices",
         .description = "new devices"},
        {.counter = std::string{counter::dns}, .layer = "dns", .description = "another resolver"},
        {.counter = std::string{counter::strict}, .layer = "strict", .description = "encrypted DNS or QUIC (strict mode)"},
        {.counter = std::string{counter::not_allowed},
         .layer = "default",
         .pointer = is_allow_listed ? "/mode"s : ""s,
         .description = "mode allow-listed"},
        {.counter = std::string{counter::ipv6}, .layer = "ipv6", .description = "IPv6 is dropped"},
        {.counter = std::string{counter::limited}, .layer = "limit", .description = "rate limit"}};
    for (const auto& bundle : bundles(plan)) {
        all.push_back({.counter = bundle.counter(),
                       .layer = std::string{to_string(bundle.layer)},
                       .pointer = bundle.pointer(),
                       .description = bundle.description()});
    }
    return all;
}

std::string deletion(const Objects& found, const Objects& wanted) {
    const auto is_ours = [](const std::string& name, const auto& beginnings) {
        for (const std::string_view beginning : beginnings) {
            if (name.starts_with(beginning)) return true;
        }
        return false;
    };
    std::string text;
    const auto remove = [&](std::string_view kind, const std::string& name, const auto& wanted_names, const auto& beginnings) {
        if (!wanted_names.contains(name) && is_ours(name, beginnings))
            text.append("delete ").append(kind).append(" inet vivi ").append(name).append("\n");
    };
    const std::array<std::string_view, 4> chains{"up_", "down_", "limit_up_", "limit_down_"};
    const std::array<std::string_view, 3> sets{"prefixes", "rate_", "resolvers"}, counters{"allow_", "deny_", "hits_"};
    const std::array<std::string_view, 1> limits{"shared_"};
    for (const auto& [name, rules] : found.chains) {
        if (!wanted.chains.contains(name) && is_ours(name, chains))
            text.append("flush chain inet vivi ").append(name).append("\n");
    }
    for (const auto& [name, rules] : found.chains) remove("chain", name, wanted.chains, chains);
    for (const auto& name : found.sets) remove("set", name, wanted.sets, sets);
    for (const auto& name : found.counters) remove("counter", name, wanted.counters, counters);
    for (const auto& name : found.limits) remove("limit", name, wanted.limits, limits);
    return text;
}

}  // namespace vivi::firewall
