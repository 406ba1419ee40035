// A packet filter that only remembers, for tests and for machines whose own filter must not be touched.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "router/firewall/firewall.hpp"

namespace vivi::firewall {

/// Called by one worker at a time, as the port says; read it between calls.
class Memory final : public Firewall {
public:
    Status load(const Plan& plan) override {
        if (refuses) return failed(Code::Internal, "refused by the test");
        loaded = plan;
        elements = contents(plan);
        drift = {};
        ++loads;
        return {};
    }
    Status change(const Changes& changes) override {
        if (loads == 0) return failed(Code::NotFound, "no ruleset is loaded");
        for (const auto& set : changes.sets) {
            for (const auto& element : set.remove) {
                if (!elements[set.set].contains(element)) return failed(Code::NotFound, set.set + ": no such element");
            }
        }
        for (const auto& set : changes.sets) {
            for (const auto& element : set.remove) elements[set.set].erase(element);
            elements[set.set].insert(set.add.begin(), set.add.end());
        }
        ++changed;
        return {};
    }
    Result<Drift> check(const Plan&) override { return drift; }
    Result<std::vector<Hits>> counters(const Plan&) override { return hits; }
    Status cut(const Flow& flow, Seconds) override {
        if (loads == 0) return failed(Code::NotFound, "no ruleset is loaded");
        cuts.push_back(flow);
        return {};
    }
    Status forget(const Forget& forget) override {
        forgotten.addresses.insert(forget.addresses.begin(), forget.addresses.end());
        forgotten.dns = forgotten.dns || forget.dns;
        return {};
    }
    Result<std::vector<Place>> neighbours() override { return seen; }
    Status enable_forwarding() override {
        forwards = true;
        return {};
    }

    Plan loaded{};                                        ///< Of the last load().
    std::map<std::string, std::set<Element>> elements{};  ///< With the changes since.
    Forget forgotten{};
    std::vector<Flow> cuts{};
    std::vector<Place> seen{};
    std::vector<Hits> hits{};
    Drift drift{};  ///< What check() finds, until the next load().
    int loads = 0;
    int changed = 0;
    bool refuses = false;
    bool forwards = false;
};

}  // namespace vivi::firewall
