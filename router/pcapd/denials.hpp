// Flows that the policy refuses: what is said of them at once, and what is counted for the tick. Bounded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/model/policy_event.hpp"

namespace vivi::pcapd {

struct DenialLimits {
    std::size_t flows = 256;  ///< That wait to be said: for some milliseconds.
    std::size_t rows = 512;   ///< Of one tick.
};

/// Who decided, in words.
struct Reason {
    std::string layer{};
    std::string rule{};
};

class Denials {
public:
    explicit Denials(DenialLimits limits = {}) : limits_{limits} {}

    /// False when there is no room: say it again with a later packet.
    bool say(model::FlowDenied flow);
    /// Once for each flow and policy.
    void count(Mac device, std::string name, Reason reason);

    bool has_flows() const noexcept { return !flows_.empty(); }
    std::vector<model::FlowDenied> take_flows() { return std::exchange(flows_, {}); }
    /// The rows since the last call; `tick` and `revision` are the caller's.
    model::PolicyHits take_hits();

private:
    /// device, name, layer, rule
    using Row = std::tuple<Mac, std::string, std::string, std::string>;

    DenialLimits limits_;
    std::vector<model::FlowDenied> flows_{};
    std::map<Row, std::uint64_t> rows_{};
    std::uint64_t folded_ = 0;
};

/// Adds `later` to `into`: ticks, and rows of the same device, name, address, layer and rule, up to `most_rows`; the hits of
/// others are folded. The revision is the later one.
void merge(model::PolicyHits& into, model::PolicyHits later, std::size_t most_rows = DenialLimits{}.rows);

}  // namespace vivi::pcapd
