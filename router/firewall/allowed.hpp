// The allow-only sets, filled from DNS answers: dnsd writes elements before it sends the answer that leads there.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
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
    /// longer than what it was given before. (Traffic sets an element to kept_by_traffic, ruleset.hpp: an element with less than
    /// that left is extended by it, never shortened.) NotFound: the table is not loaded (yet). Overflow: a set is full.
    virtual Status allow(std::span<const Allowed> elements, Seconds timeout) = 0;
    /// Takes away what is there; what is not is no error. A packet that passes in that very moment may put one back: who takes
    /// something away for good looks at held() again a moment later.
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

/// For tests: what was allowed, with no time passing.
class AllowedMemory final : public AllowedPort {
public:
    Status allow(std::span<const Allowed> elements, Seconds timeout) override {
        if (!is_loaded) return failed(Code::NotFound, "no ruleset is loaded");
        for (const auto& element : elements) timeouts[element] = std::max(timeouts[element], timeout);
        ++batches;
        return {};
    }
    Status forbid(std::span<const Allowed> elements) override {
        if (!is_loaded) return failed(Code::NotFound, "no ruleset is loaded");
        for (const auto& element : elements) timeouts.erase(element);
        return {};
    }
    Result<std::vector<Allowed>> held() override {
        if (!is_loaded) return failed(Code::NotFound, "no ruleset is loaded");
        std::vector<Allowed> all;
        for (const auto& [element, timeout] : timeouts) all.push_back(element);
        return all;
    }

    std::map<Allowed, Seconds> timeouts{};
    int batches = 0;  ///< Calls of allow().
    bool is_loaded = true;
};

}  // namespace vivi::firewall
