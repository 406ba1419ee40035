// The port to the kernel's packet filter; every call waits, so a daemon makes it on a worker.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "router/firewall/changes.hpp"
#include "router/firewall/plan.hpp"

namespace vivi::firewall {

/// How often a rule, or a layer without rules of its own, decided; since it was first loaded.
struct Hits {
    std::string counter{};      ///< Its name in the kernel, derived from the rule: the same as long as the rule is the same.
    std::string layer{};        ///< policy::to_string(Layer); of the filter's own "spoofed", "strict", "dns", "cut", "limit".
    std::string pointer{};      ///< "/addresses/3" in the policy document; empty when it is none or several.
    std::string description{};  ///< "address 192.0.2.0/24 tcp 443 (deny, group guests)"
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    bool operator==(const Hits&) const = default;
};

/// What somebody else changed in our table: one line each. Empty: it is as it was loaded.
struct Drift {
    std::vector<std::string> what{};
    bool empty() const noexcept { return what.empty(); }
};

/// Implemented by firewall::Kernel and, for tests and machines that must not be touched, firewall::Memory. More verbs than a port
/// should have: they share one worker and one kernel, and whoever has one needs all.
class Firewall {
public:
    virtual ~Firewall() = default;

    /// Makes the plan's ruleset (ruleset.hpp) the one in force in one transaction and checks it by reading back. On an error the
    /// ruleset before stays.
    virtual Status load(const Plan& plan) = 0;

    /// A few elements in one transaction, without touching the rest. NotFound: the table, or an element to remove, is not there.
    /// On an error nothing changed.
    virtual Status change(const Changes& changes) = 0;

    /// Whether the table is still what load() and change() made of it; `plan` is the one in force. Microseconds when no rule or
    /// set of this machine was touched since; otherwise it reads chains and sets, and sets of prefixes at most once a minute.
    virtual Result<Drift> check(const Plan& plan) = 0;

    /// Counters that are not zero.
    virtual Result<std::vector<Hits>> counters(const Plan& plan) = 0;

    /// Stops one flow in both directions for `timeout`: TCP is reset, the rest refused.
    virtual Status cut(const Flow& flow, Seconds timeout) = 0;

    /// Forgets connections, so that nothing goes on as established.
    virtual Status forget(const Forget& forget) = 0;

    /// What the kernel's neighbour table says about who has which address, both families.
    virtual Result<std::vector<Place>> neighbours() = 0;

    /// From here on the kernel routes (net.ipv4.ip_forward, and IPv6 when the plan filters it). Only after a ruleset is loaded.
    virtual Status enable_forwarding() = 0;
};

}  // namespace vivi::firewall
