// Two configurations compared: members of the router, rules of the policy, and what is no change.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/configuration_diff.hpp"

#include <gtest/gtest.h>

namespace vivi::model {
namespace {

Configuration configuration() {
    return {.revision = 1,
            .custody = "c",
            .networks = {{.name = "lan", .interface = "eth1", .address = {.address = Ipv4{0x0a420001}, .length = 22}}},
            .uplink = {.interface = "eth0"}};
}
std::vector<std::string> lines(const Configuration& before, const Configuration& after) {
    std::vector<std::string> all;
    for (const auto& change : diff(before, after)) all.push_back(to_string(change));
    return all;
}

TEST(ConfigurationDiff, ARevisionNumberIsNoChange) {
    auto after = configuration();
    after.revision = 7;
    after.custody = "another";
    EXPECT_TRUE(diff(configuration(), after).empty());
}

TEST(ConfigurationDiff, NamesWhatChangedAtItsPlace) {
    auto after = configuration();
    after.dns.strict = true;
    after.dns.upstream = {"192.0.2.53"};
    after.policy.mode = Mode::AllowListed;
    EXPECT_EQ(lines(configuration(), after),
              (std::vector<std::string>{"~ /dns/strict dns strict: false → true", "+ /dns/upstream/0 dns upstream 0: 192.0.2.53",
                                        "~ /policy/mode mode: block-listed → allow-listed"}));
    const auto back = lines(after, configuration());
    EXPECT_NE(std::ranges::find(back, "- /dns/upstream/0 dns upstream 0: 192.0.2.53"), back.end());
}

}  // namespace
}  // namespace vivi::model
