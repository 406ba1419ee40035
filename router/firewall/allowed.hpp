// The allow-only sets, filled from DNS answers: dnsd writes elements before it sends the answer that leads there.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "common/core/time.hpp"
#include "common/policy/views.hpp"

namespace vivi::firewall {

/// A view may reach an address.
struct Allowed {
    policy::ViewId view = policy::everybody;
    Ipv6 address{};  ///< IPv4 mapped.
    auto operator<=>(const Allowed&) const = default;
};

/// Implemented by firewall::AllowedSets (raw netlink; some tens of microseconds a batch, so it is called on the loop) and, for
/// tests, firewall::AllowedMemory.
class AllowedPort {
public:
    virtual ~AllowedPort() = default;
    /// All of them, in one transaction, each for `timeout` from now; one that is there already gets the new timeout when that is
    /// longer. NotFound: the table is not loaded (yet).
    virtual Status allow(std::span<const Allowed> elements, Seconds timeout) = 0;
    /// Takes away what is there; what is not is no error.
    virtual Status forbid(std::span<const Allowed> elements) = 0;
    /// What the kernel holds now.
    virtual Result<std::vector<Allowed>> held() = 0;
};

/// The sets of this network namespace; keeps one netlink socket open. Needs CAP_NET_ADMIN.
class AllowedSets final : public AllowedPort {
public:
    AllowedSets();
    ~AllowedSets() override;
    Status allow(std::span<const Allowed> elements, Seconds timeout) override;
    Status forbid(std::span<const Allowed> elements) override;
    Result<std::vector<Allowed>> held() override;

private:
    struct Link;
    std::unique_ptr<Link> link_;
};

}  // namespace vivi::firewall
