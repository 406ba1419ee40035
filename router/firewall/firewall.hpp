// The port to the kernel's packet filter; every call waits, so a daemon makes it on a worker.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "router/firewall/bans.hpp"

namespace vivi::firewall {

/// Implemented by firewall::Kernel and, for tests and machines that must not be touched, firewall::Memory.
class Firewall {
public:
    virtual ~Firewall() = default;

    /// Makes the script (ruleset.hpp) the ruleset in force in one transaction, checks it by a dry run first and by reading the
    /// sets back afterwards. On an error the ruleset before stays.
    virtual Status load(const std::string& script, const Bans& bans) = 0;

    /// A few elements in one transaction, without touching the rest. NotFound: the table is not loaded. On an error nothing
    /// changed.
    virtual Status change(const Changes& changes) = 0;

    /// Forgets every connection from or to these addresses, so that nothing goes on as established.
    virtual Status forget(const std::set<Ipv4>& addresses) = 0;

    /// What the kernel's neighbour table says about who has which address.
    virtual Result<std::vector<Place>> neighbours() = 0;

    /// From here on the kernel routes (net.ipv4.ip_forward). Only after a ruleset is loaded.
    virtual Status enable_forwarding() = 0;
};

}  // namespace vivi::firewall
