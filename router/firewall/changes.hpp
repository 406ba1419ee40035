// From one plan to another: by elements of sets when that is enough. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/core/bytes.hpp"
#include "router/firewall/plan.hpp"

namespace vivi::firewall {

/// An element of a set or map as the kernel keeps it.
struct Element {
    Bytes key{};   ///< Parts of a concatenation are padded to 4 octets each.
    Bytes data{};  ///< Of maps.
    auto operator<=>(const Element&) const = default;
};

/// Everything our own sets and maps of single values hold under a plan, by their names (names.hpp, own); those that a plan does
/// not use are there and empty.
std::map<std::string, std::set<Element>> contents(const Plan& plan);

/// Five-tuple as the LAN sees it.
struct Flow {
    std::uint8_t protocol = 0;  ///< 6 or 17.
    Ipv6 local{}, remote{};     ///< IPv4 mapped; both of one family.
    std::uint16_t local_port = 0, remote_port = 0;
    bool operator==(const Flow&) const = default;
};

/// The element of cut4 or cut6.
Element element_of(const Flow& flow);

struct SetChange {
    std::string set{};
    std::set<Element> add{}, remove{};
    bool operator==(const SetChange&) const = default;
};
struct Changes {
    std::vector<SetChange> sets{};
    bool empty() const noexcept { return sets.empty(); }
    bool operator==(const Changes&) const = default;
};

/// The elements that lead from one to the other; nothing when chains differ too and the whole is to be loaded.
std::optional<Changes> difference(const Plan& from, const Plan& to);

/// Connections that must not go on as they are once `to` is in force.
struct Forget {
    std::set<Ipv6> addresses{};  ///< Every connection from or to these; IPv4 mapped.
    bool dns = false;            ///< Every connection to port 53: who answers there is remembered with it.
    bool empty() const noexcept { return addresses.empty() && !dns; }
    bool operator==(const Forget&) const = default;
};

/// Those of devices that were banned, that lost their admission or protection, or that are in another view now; DNS when another
/// program answers. To be called after `to` is in force: in the other order a packet in between makes a new entry.
Forget to_forget(const Plan& from, const Plan& to);

}  // namespace vivi::firewall
