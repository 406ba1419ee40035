// Which rule of the policy in force blocks something for a device, in words for the people at it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/core/net.hpp"
#include "common/core/result.hpp"
#include "router/openvivi-embedded/blocked_by.hpp"
#include "router/state/policy_files.hpp"

namespace vivi::openvivi_embedded {

/// Reads what bridged compiled. Blocks; used by one thread at a time.
class PolicyReader {
public:
    /// `last_good` and `changes` (local.json over it) make the policy's document, for the reasons.
    PolicyReader(std::string folder, std::string last_good, std::string changes)
        : folder_{std::move(folder)}, last_good_{std::move(last_good)}, changes_{std::move(changes)} {}

    /// Nothing: it is not blocked, or the policy cannot be read.
    std::optional<BlockedBy> blocks_name(std::optional<Mac> device, const std::string& name);
    /// Of the device as such: banned, or not admitted.
    std::optional<BlockedBy> blocks_device(Mac device);

    /// Whom to ask about it, as the configuration in force says; empty: it does not.
    std::string contact() const;

private:
    std::optional<BlockedBy> told(const policy::Verdict& verdict) const;
    std::string reason_at(const std::string& pointer) const;
    bool open();

    state::PolicyFolder folder_;
    std::string last_good_, changes_;
    std::shared_ptr<const state::MappedPolicy> mapped_{};
};

}  // namespace vivi::openvivi_embedded
