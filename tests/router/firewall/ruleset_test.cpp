// The ruleset as a person reads it.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/ruleset.hpp"

#include <gmock/gmock.h>

namespace vivi::firewall {
namespace {

using testing::HasSubstr;
using testing::Not;

model::Configuration venue() {
    model::Configuration configuration{.revision = 1};
    configuration.networks.push_back({.name = "lan", .interface = "br-lan", .address = *parse_ipv4_prefix("10.66.0.1/22")});
    configuration.uplink = {.interface = "uplink0", .mode = model::UplinkMode::Dhcp};
    return configuration;
}
std::string text_of(const model::Configuration& configuration, const Facts& facts = {}) {
    const auto text = render(plan(configuration, facts, {}));
    return text ? *text : text.error().detail;
}

TEST(FirewallRuleset, NeverDeletesTheTableAndHasNoEmptyBraces) {
    const auto text = text_of(venue());
    EXPECT_THAT(text, Not(HasSubstr("delete")));
    EXPECT_THAT(text, Not(HasSubstr("flush table")));
    EXPECT_THAT(text, Not(HasSubstr("{ }")));
    EXPECT_THAT(text, Not(HasSubstr("add element")));
}

TEST(FirewallRuleset, AnInterfaceNameIsNeverTextOfARule) {
    for (const auto* name : {"", "br\" accept", "eth0;", "a b", "sixteen-letters.", "br\nlan"}) {
        auto configuration = venue();
        configuration.networks[0].interface = name;
        EXPECT_FALSE(render(plan(configuration, {}, {}))) << name;
    }
    auto configuration = venue();
    configuration.uplink.interface = "x\"; flush ruleset; \"";
    EXPECT_FALSE(render(plan(configuration, {}, {})));
}

}  // namespace
}  // namespace vivi::firewall
