// The packet filter of the network namespace this process runs in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "router/firewall/firewall.hpp"

namespace vivi::firewall {

/// Needs CAP_NET_ADMIN. Rulesets by libnftables, elements and connections by raw netlink (35 µs instead of a cache of the whole
/// ruleset). Each call opens what it needs: nothing to keep, nothing to lose when the kernel's side changes.
class Kernel final : public Firewall {
public:
    Status load(const std::string& script, const Bans& bans) override;
    Status change(const Changes& changes) override;
    Status forget(const std::set<Ipv4>& addresses) override;
    Result<std::vector<Place>> neighbours() override;
    Status enable_forwarding() override;
};

}  // namespace vivi::firewall
