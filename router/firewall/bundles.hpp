// Address rules as the kernel matches them: one by one while they are few, by sets of prefixes when they are many; and who
// counts. Pure. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "router/firewall/plan.hpp"

namespace vivi::firewall {

/// Rules that say the same of different prefixes. Inside a layer all rules say the same, so neither their order nor their
/// prefixes' lengths decide anything but which rule is counted.
struct Bundle {
    policy::Layer layer = policy::Layer::EventDeny;
    policy::ViewId scope = policy::everybody;
    model::Transport transport = model::Transport::Any;
    std::optional<std::uint16_t> port{};
    std::vector<IpPrefix> prefixes{};
    std::vector<std::uint32_t> positions{};  ///< In the document, of its rules.
    std::string whom{};
    std::string id{};  ///< 16 hexadecimal digits made of what it says: the same as long as that is.
    bool is_set = false;
    bool denies = true;

    std::string counter() const { return (denies ? "deny_" : "allow_") + id; }
    std::string description() const;
    std::string pointer() const;  ///< "/addresses/3"; empty for several.
};

/// Up to this many rules each has a line and a counter of its own; beyond, a packet would be compared too often.
inline constexpr std::size_t most_single_rules = 64;

/// In the order of decision. IPv6 prefixes only where IPv6 is forwarded.
std::vector<Bundle> bundles(const Plan& plan);

/// Whether IPv6 is forwarded at all: filtered, and not one-armed (there the LAN's addresses tell who is a guest, and those of
/// IPv6 are not ours to know).
bool forwards_ipv6(const Plan& plan) noexcept;

}  // namespace vivi::firewall
