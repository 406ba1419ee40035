// The packet filter of the network namespace this process runs in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/time.hpp"
#include "router/firewall/firewall.hpp"
#include "router/firewall/netlink.hpp"

namespace vivi::firewall {

/// Needs CAP_NET_ADMIN. Rulesets by libnftables, elements and connections by raw netlink (35 µs instead of a cache of the whole
/// ruleset). Elements go through a socket that stays open: when one is closed after a deletion, the kernel waits for every reader
/// of what was deleted (nft_rcv_nl_event; 4 ms here). Everything else opens what it needs.
class Kernel final : public Firewall {
public:
    Status load(const Plan& plan) override;
    Status change(const Changes& changes) override;
    Result<Drift> check(const Plan& plan) override;
    Result<std::vector<Hits>> counters(const Plan& plan) override;
    Status cut(const Flow& flow, Seconds timeout) override;
    Status forget(const Forget& forget) override;
    Result<std::vector<Place>> neighbours() override;
    Status enable_forwarding() override;

    /// Whether guests' router advertisements are dropped between the ports of bridges: not by every kernel.
    bool guards_bridges() const noexcept { return guards_bridges_; }

private:
    /// What the last load() left in the kernel, to find what others change.
    struct Loaded {
        std::map<std::string, std::uint64_t> chains{};
        std::map<std::string, std::optional<std::uint64_t>> prefixes{};  ///< Interval sets; large ones by the first check().
        std::optional<Instant> prefixes_read{};                          ///< Tens of thousands of elements: not at every check().
        std::optional<std::uint32_t> generation{};                       ///< Nothing was wrong then.
        bool forwards_ipv6 = false;
    };
    Result<Netlink*> for_elements();
    /// Forgets the socket when it went wrong: answers may be left in it.
    Status after(Status done, std::string_view doing);

    std::optional<Loaded> loaded_{};
    std::optional<Netlink> elements_{};
    bool guards_bridges_ = false;
};

}  // namespace vivi::firewall
