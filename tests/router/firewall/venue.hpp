// A venue's configuration for the tests of plan and ruleset.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "router/firewall/plan.hpp"

namespace vivi::firewall::test {

inline const Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}}, till{{0x02, 0, 0, 0, 0, 0x03}};
inline constexpr WallTime noon = from_unix_ms(1'795'370'400'000);

inline model::Configuration venue() {
    model::Configuration configuration{.revision = 1};
    configuration.networks.push_back({.name = "lan", .interface = "br-lan", .address = *parse_ipv4_prefix("10.66.0.1/22")});
    configuration.uplink = {.interface = "uplink0", .mode = model::UplinkMode::Dhcp};
    return configuration;
}

inline model::AddressRule rule(const std::string& prefix, model::Decision decision = model::Decision::Deny,
                               model::Scope scope = {}) {
    return {.prefix = *parse_ip_prefix(prefix), .decision = decision, .scope = std::move(scope)};
}

}  // namespace vivi::firewall::test
