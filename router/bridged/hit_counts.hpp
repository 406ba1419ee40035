// From counters that only rise to what is new since the last look. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/model/policy_event.hpp"
#include "router/firewall/firewall.hpp"

namespace vivi::bridged {

class HitCounts {
public:
    /// Rows for the counters that rose. One that is lower than it was began anew. The first look after a start gives nothing:
    /// what was counted before has been said by the process before this one.
    std::vector<model::PolicyHit> news(const std::vector<firewall::Hits>& counters, const firewall::Plan& plan);

private:
    std::map<std::string, std::uint64_t> last_;
    bool is_first_ = true;
};

}  // namespace vivi::bridged
