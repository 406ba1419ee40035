// Who is banned, and under which addresses.
// SPDX-License-Identifier: Apache-2.0
#include "router/firewall/bans.hpp"

#include <gmock/gmock.h>

namespace vivi::firewall {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Mac phone{{0x02, 0, 0, 0, 0, 0x01}}, laptop{{0x02, 0, 0, 0, 0, 0x02}};
const Ipv6 first = *parse_address("10.66.0.51"), second = *parse_address("10.66.0.52");
constexpr WallTime noon = from_unix_ms(1'795'370'400'000);

model::Configuration banning(std::vector<model::DeviceRule> rules) {
    model::Configuration configuration;
    configuration.networks.push_back({.name = "lan", .interface = "br-lan", .address = *parse_ipv4_prefix("10.66.0.1/22")});
    configuration.policy.devices = std::move(rules);
    return configuration;
}
const model::DeviceRule phone_is_banned{.device = phone, .decision = model::Decision::Deny};

/// The addresses that are banned with the phone.
std::set<Ipv6> banned(const std::vector<Place>& leased, const std::vector<Place>& seen) {
    const auto configuration = banning({phone_is_banned});
    return bans(banned_devices(configuration.policy, noon), holders(configuration, leased, seen), {}).addresses;
}

TEST(FirewallBans, ABanIsTheDeviceAndAllItsAddresses) {
    const std::vector<Place> leased{{first, phone}, {second, laptop}};
    const std::vector<Place> seen{{*parse_address("10.66.1.9"), phone}, {*parse_address("2001:db8::51"), phone}};
    EXPECT_THAT(banned_devices(banning({phone_is_banned}).policy, noon), ElementsAre(phone));
    EXPECT_THAT(banned(leased, seen), ElementsAre(first, *parse_address("10.66.1.9"), *parse_address("2001:db8::51")));
}

TEST(FirewallBans, AnAddressInQuarantineIsBannedWithoutAHolder) {
    EXPECT_EQ(bans({phone}, {}, {second}), (Bans{.devices = {phone}, .addresses = {second}}));
}

TEST(FirewallBans, ProtectedDevicesAreNotBannedAndADenyBeatsAnAllow) {
    auto configuration = banning({phone_is_banned, {.device = laptop, .decision = model::Decision::Deny}});
    configuration.policy.protected_devices = {phone};
    configuration.policy.devices.push_back({.device = laptop, .decision = model::Decision::Allow});
    EXPECT_THAT(banned_devices(configuration.policy, noon), ElementsAre(laptop));
}

TEST(FirewallBans, ABanMayEndByTime) {
    auto rule = phone_is_banned;
    rule.until = noon + 15min;
    const auto policy = banning({rule}).policy;
    EXPECT_THAT(banned_devices(policy, noon + 15min - 1ms), ElementsAre(phone));
    EXPECT_THAT(banned_devices(policy, noon + 15min), IsEmpty());
    EXPECT_EQ(next_change(policy, noon), noon + 15min);
    EXPECT_EQ(next_change(policy, noon + 15min), std::nullopt);
}

TEST(FirewallBans, ABannedDeviceCannotGetItsNeighbourBanned) {
    const std::vector<Place> leased{{second, laptop}};
    const std::vector<Place> forged{{second, phone}};
    EXPECT_THAT(banned(leased, forged), IsEmpty());
}

TEST(FirewallBans, NorTheRouterNorTheWorld) {
    const std::vector<Place> forged{{*parse_address("10.66.0.1"), phone},   {*parse_address("10.66.0.0"), phone},
                                    {*parse_address("10.66.3.255"), phone}, {*parse_address("192.0.2.1"), phone},
                                    {*parse_address("ff02::1"), phone},     {*parse_address("::1"), phone}};
    EXPECT_THAT(banned({}, forged), IsEmpty());
}

}  // namespace
}  // namespace vivi::firewall
