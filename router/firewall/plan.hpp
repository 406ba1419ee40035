// What the packet filter is to do, as one value: everything the table `inet vivi` depends on. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/time.hpp"
#include "common/model/configuration.hpp"
#include "common/policy/verdict.hpp"
#include "common/policy/views.hpp"
#include "router/firewall/bans.hpp"

namespace vivi::firewall {

/// Who answers on port 53.
enum class DnsState : std::uint8_t {
    Normal,    ///< dnsd.
    Fallback,  ///< dnsd is away: unbound for block-listed views, nobody for allow-listed ones.
};

inline constexpr std::uint16_t dns_port = 53, fallback_dns_port = 5335;

/// What the configuration does not say and the moment does.
struct Facts {
    std::vector<Place> leased{};
    std::vector<Place> seen{};     ///< Of the neighbour table.
    std::set<Ipv6> quarantined{};  ///< Addresses of banned devices until their old leases would have ended; IPv4 mapped.
    DnsState dns = DnsState::Normal;
};

struct Lan {
    std::string device{};  ///< "br-lan", "eth0.20"
    Ipv4Prefix address{};  ///< The router's own on it.
    bool operator==(const Lan&) const = default;
};

/// An address rule in the place it has in the order of decision.
struct Rule {
    policy::Layer layer = policy::Layer::EventDeny;
    policy::ViewId scope = policy::everybody;  ///< The view of its device or group.
    IpPrefix prefix{};
    model::Transport transport = model::Transport::Any;
    std::optional<std::uint16_t> port{};
    std::uint32_t position = 0;  ///< In the document: "/addresses/<position>".
    std::string whom{};          ///< "group guests"
    bool denies() const noexcept {
        return layer == policy::Layer::DeviceDeny || layer == policy::Layer::GroupDeny || layer == policy::Layer::EventDeny;
    }
    bool operator==(const Rule&) const = default;
};

/// One row of the policy's limits; 0 kbit/s: none in that direction.
struct Limit {
    std::uint32_t up_kbit = 0;
    std::uint32_t down_kbit = 0;
    bool each_device = true;
    std::uint32_t position = 0;  ///< In the document: "/limits/<position>".
    bool operator==(const Limit&) const = default;
};

/// Number of a list of limits that hold together.
using LimitClass = std::uint32_t;

/// The structure (first part) becomes chains and rules; the elements (second part) become elements of sets, and change alone most
/// of the time.
struct Plan {
    std::vector<Lan> lans{};
    std::string uplink{};  ///< Device; empty: nothing is forwarded.
    model::Topology topology = model::Topology::Inline;
    bool masquerade = true;
    model::Ipv6Mode ipv6 = model::Ipv6Mode::Drop;
    bool anti_spoofing = true;
    bool redirect_dns = true;
    bool strict = false;
    bool admits_all = true;  ///< False: only admitted devices are forwarded for.
    DnsState dns = DnsState::Normal;
    std::map<policy::ViewId, model::Mode> modes{};
    std::vector<Rule> rules{};                          ///< By layer, then scope, then as the engine prefers them.
    std::map<policy::ViewId, policy::ViewId> groups{};  ///< From a device's own view to its group's.
    std::vector<Limit> limits{};
    std::vector<std::vector<std::size_t>> limit_classes{};  ///< Indices of `limits`; class 0 is of everybody else.

    Bans bans{};
    std::set<Mac> protected_devices{};
    std::set<Mac> admitted{};  ///< Empty when `admits_all`.
    std::map<Mac, policy::ViewId> views{};
    std::map<Ipv4, Mac> leased{};  ///< Empty without `anti_spoofing`.
    std::map<Mac, LimitClass> limited{};
    std::map<Ipv6, LimitClass> limited_addresses{};

    std::map<Ipv6, Mac> holders{};  ///< Not rendered: to find the connections of a device.
    bool operator==(const Plan&) const = default;
};

/// `configuration.policy` is the one of this moment (policy::effective()); an `until` that is left in it is looked at all the
/// same.
Plan plan(const model::Configuration& configuration, const Facts& facts, WallTime now);

}  // namespace vivi::firewall
