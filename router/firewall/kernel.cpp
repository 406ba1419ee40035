// The port's verbs, each given to the file that knows how.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/kernel.hpp"

#include <fstream>

#include "router/firewall/conntrack.hpp"
#include "router/firewall/elements.hpp"
#include "router/firewall/neighbours.hpp"
#include "router/firewall/runner.hpp"

namespace vivi::firewall {

Status Kernel::load(const std::string& script, const Bans& bans) {
    if (auto run = run_script(script); !run) return run;
    const auto in_force = read_bans();
    if (!in_force) return std::unexpected{in_force.error()};
    if (*in_force != bans) return failed(Code::Internal, "nftables: the sets read back are not what was loaded");
    return {};
}

Status Kernel::change(const Changes& changes) { return change_elements(changes); }

Status Kernel::forget(const std::set<Ipv4>& addresses) { return forget_connections(addresses); }

Result<std::vector<Place>> Kernel::neighbours() { return read_neighbours(); }

Status Kernel::enable_forwarding() {
    constexpr const char* path = "/proc/sys/net/ipv4/ip_forward";
    std::ofstream file{path};
    file << "1\n" << std::flush;
    if (!file) return failed(Code::Denied, std::string{path} + ": cannot be written (needs root, or a unit that sets it)");
    return {};
}

}  // namespace vivi::firewall
