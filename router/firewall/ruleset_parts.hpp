// The parts of the ruleset, each a file: what composes them hands the script from one to the next. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "router/firewall/plan.hpp"
#include "router/firewall/script.hpp"

namespace vivi::firewall {

/// Names of counters that belong to no rule of the policy.
namespace counter {
inline constexpr std::string_view banned = "hits_banned";
inline constexpr std::string_view spoofed = "hits_spoofed";
inline constexpr std::string_view cut = "hits_cut";
inline constexpr std::string_view new_device = "hits_new_device";
inline constexpr std::string_view dns = "hits_dns";
inline constexpr std::string_view strict = "hits_strict";
inline constexpr std::string_view not_allowed = "hits_default";
inline constexpr std::string_view ipv6 = "hits_ipv6";
inline constexpr std::string_view limited = "hits_limited";
}  // namespace counter

/// "counter name "hits_banned" drop"
std::string count_and(std::string_view counter, std::string_view verdict);

/// "iifname { "br-lan" }"; one-armed with the LAN's sources, because the uplink's packets come in by the same device.
std::string from_lan(const Plan& plan);
/// "iifname { "br-lan" }"
std::string on_lan_device(const Plan& plan);

/// The LANs' prefixes.
std::vector<std::string> networks(const Plan& plan);

/// Views of one mode as a set of marks, "{ 0x00000000, 0x2a000001 }"; empty: none.
std::string marks(const Plan& plan, model::Mode mode);

void put_sets(Script& script, const Plan& plan);
void put_prerouting(Script& script, const Plan& plan);
void put_dns(Script& script, const Plan& plan);
void put_input(Script& script, const Plan& plan);
void put_forward(Script& script, const Plan& plan);
/// The policy's address rules, into the chains up and down.
void put_rules(Script& script, const Plan& plan);
void put_limits(Script& script, const Plan& plan);
void put_postrouting(Script& script, const Plan& plan);

/// "0x2a000001"
std::string hexadecimal(std::uint32_t value);

}  // namespace vivi::firewall
