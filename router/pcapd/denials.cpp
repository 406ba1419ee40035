// Collecting and merging refused flows.
// SPDX-License-Identifier: Apache-2.0
#include "router/pcapd/denials.hpp"

#include <algorithm>

namespace vivi::pcapd {

bool Denials::say(model::FlowDenied flow) {
    if (flows_.size() >= limits_.flows) return false;
    flows_.push_back(std::move(flow));
    return true;
}

void Denials::count(Mac device, std::string name, Reason reason) {
    const Row row{device, std::move(name), std::move(reason.layer), std::move(reason.rule)};
    const auto found = rows_.find(row);
    if (found != rows_.end())
        ++found->second;
    else if (rows_.size() < limits_.rows)
        rows_.emplace(row, 1);
    else
        ++folded_;
}

model::PolicyHits Denials::take_hits() {
    model::PolicyHits hits{.by = "pcapd", .folded = std::exchange(folded_, 0)};
    hits.rows.reserve(rows_.size());
    for (const auto& [row, count] : std::exchange(rows_, {})) {
        const auto& [device, name, layer, rule] = row;
        hits.rows.push_back({.device = device, .name = name, .layer = layer, .rule = rule, .hits = count});
    }
    return hits;
}

void merge(model::PolicyHits& into, model::PolicyHits later, std::size_t most_rows) {
    const auto identity = [](const model::PolicyHit& hit) {
        return std::tie(hit.device, hit.name, hit.address, hit.layer, hit.rule);
    };
    into.tick += later.tick;
    into.revision = later.revision;
    into.by = std::move(later.by);
    into.folded += later.folded;
    for (auto& hit : later.rows) {
        const auto same = std::ranges::find_if(into.rows, [&](const auto& other) { return identity(other) == identity(hit); });
        if (same != into.rows.end())
            same->hits += hit.hits;
        else if (into.rows.size() < most_rows)
            into.rows.push_back(std::move(hit));
        else
            into.folded += hit.hits;
    }
}

}  // namespace vivi::pcapd
