// A packet filter that only remembers, for tests and for machines whose own filter must not be touched.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "router/firewall/firewall.hpp"

namespace vivi::firewall {

/// Called by one worker at a time, as the port says; read it between calls.
class Memory final : public Firewall {
public:
    Status load(const std::string& text, const Bans& bans) override {
        if (refuses) return failed(Code::Internal, "refused by the test");
        script = text;
        in_force = bans;
        ++loads;
        return {};
    }
    Status change(const Changes& changes) override {
        if (loads == 0) return failed(Code::NotFound, "no ruleset is loaded");
        for (const auto& device : changes.remove_devices) in_force.devices.erase(device);
        for (const auto& address : changes.remove_addresses) in_force.addresses.erase(address);
        in_force.devices.insert(changes.add_devices.begin(), changes.add_devices.end());
        in_force.addresses.insert(changes.add_addresses.begin(), changes.add_addresses.end());
        return {};
    }
    Status forget(const std::set<Ipv4>& addresses) override {
        forgotten.insert(addresses.begin(), addresses.end());
        return {};
    }
    Result<std::vector<Place>> neighbours() override { return seen; }
    Status enable_forwarding() override {
        forwards = true;
        return {};
    }

    std::string script{};
    Bans in_force{};
    std::set<Ipv4> forgotten{};
    std::vector<Place> seen{};
    int loads = 0;
    bool refuses = false;
    bool forwards = false;
};

}  // namespace vivi::firewall
