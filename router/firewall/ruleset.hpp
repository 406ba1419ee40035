// The table `inet vivi` as nft text: what the router does to packets, in a form somebody can read in a test. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.hpp"
#include "router/firewall/firewall.hpp"
#include "router/firewall/names.hpp"
#include "router/firewall/plan.hpp"
#include "router/firewall/script.hpp"

namespace vivi::firewall {

/// How long traffic keeps an element of the allow-only sets: an answer is believed for at most 60 s (dnsd's longest TTL), and one
/// hour more.
inline constexpr Seconds kept_by_traffic{3660};

/// Mark of a protected device's connections; above all views.
inline constexpr std::uint32_t protected_mark = 0x40000000;

struct Ruleset {
    std::string text{};  ///< One transaction; loads with plain `nft -f`, on an empty kernel and over whatever was there before.
    Objects objects{};
};

/// Router advertisements (RFC 4861 section 4.2) of guests, from port to port of a bridge of this machine: dropped there, because
/// a bridged frame meets no chain of `inet`. A table of its own, loaded apart: a kernel without nf_tables for bridges does
/// without. Our own advertisements leave by the output hook and are not touched.
inline constexpr std::string_view bridge_guard =
    "add table bridge vivi\n"
    "add chain bridge vivi forward { type filter hook forward priority filter; policy accept; }\n"
    "flush chain bridge vivi forward\n"
    "add rule bridge vivi forward icmpv6 type nd-router-advert drop\n";

/// Brings our own chains and sets to exactly the plan, whatever they were; the table is never deleted, because dnsd's sets live
/// in it. docs/firewall.md draws the chains. Invalid when an interface name could not be one (it would be text inside a rule).
Result<Ruleset> compose(const Plan& plan);

/// compose()'s text: what is written to last-good.nft.
Result<std::string> render(const Plan& plan);

/// What is left of an earlier plan: nft text that deletes it, to follow compose()'s in the same transaction. Only names that are
/// ours are deleted.
std::string deletion(const Objects& found, const Objects& wanted);

/// Every counter of the plan, at zero, under its name in the kernel.
std::vector<Hits> counted(const Plan& plan);

/// Linux interface names that need no thought: 1 to 15 of letters, digits, '.', '-', '_', '@', ':'.
bool is_interface_name(std::string_view name) noexcept;

}  // namespace vivi::firewall
