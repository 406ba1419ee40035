// The kernel and the engine agree: random policies, and packets that must fare as policy::Engine says.
// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "common/policy/rules.hpp"
#include "tests/adapters/firewall/venue_fixture.hpp"

namespace vivi::firewall {
namespace {

constexpr std::array<std::string_view, 3> addresses{"198.51.100.7", "198.51.100.8", "203.0.113.5"};
constexpr std::array<std::uint16_t, 2> ports{80, 443};
constexpr std::array<std::string_view, 6> prefixes{"198.51.100.7/32", "198.51.100.8/32", "198.51.100.0/24",
                                                   "203.0.113.0/25",  "0.0.0.0/0",       "192.0.0.0/2"};

/// A policy about the venue's two guests in which every layer occurs.
class RandomPolicy {
public:
    explicit RandomPolicy(unsigned seed) : random_{seed} {}

    template <class Choices>
    auto any_of(const Choices& choices) {
        return choices[random_() % choices.size()];
    }

    model::Policy make() {
        model::Policy policy{.mode = any_of(std::array{model::Mode::BlockListed, model::Mode::AllowListed}),
                             .new_devices = one_in(3) ? model::NewDevices::Ask : model::NewDevices::Allow};
        for (const auto& [name, device] : {std::pair{"crew", guest1}, std::pair{"press", guest2}}) {
            if (one_in(2)) continue;
            policy.groups.push_back({.name = name, .devices = {device}});
            if (one_in(2)) policy.groups.back().mode = any_of(std::array{model::Mode::BlockListed, model::Mode::AllowListed});
        }
        for (const auto device : {guest1, guest2}) {
            if (one_in(2)) policy.devices.push_back({.device = device, .decision = model::Decision::Allow});
            if (one_in(8)) policy.devices.push_back({.device = device, .decision = model::Decision::Deny});
            if (one_in(10)) policy.protected_devices.push_back(device);
        }
        const int count = one_in(4) ? 70 : 1 + static_cast<int>(random_() % 6);  // 70: as sets.
        for (int i = 0; i < count; ++i) policy.addresses.push_back(rule(policy));
        return policy;
    }

private:
    bool one_in(unsigned n) { return random_() % n == 0; }
    model::AddressRule rule(const model::Policy& policy) {
        using model::Transport;
        model::AddressRule rule{.prefix = *parse_ip_prefix(any_of(prefixes)),
                                .transport = any_of(std::array{Transport::Any, Transport::Tcp, Transport::Udp}),
                                .decision = any_of(std::array{model::Decision::Allow, model::Decision::Deny})};
        if (one_in(2)) rule.port = any_of(ports);
        if (one_in(3)) rule.scope.device = any_of(std::array{guest1, guest2});
        if (!rule.scope.device && !policy.groups.empty() && one_in(2)) rule.scope.group = any_of(policy.groups).name;
        return rule;
    }

    std::mt19937 random_;
};

class FirewallEquivalence : public Venue {};

TEST_F(FirewallEquivalence, PacketsFareAsTheEngineDecides) {
    place->more_addresses({addresses.begin(), addresses.end()});
    const auto web = place->listen("internet", SOCK_STREAM, ports[0]), tls = place->listen("internet", SOCK_STREAM, ports[1]);
    int allowed = 0, denied = 0;
    for (unsigned seed = 1; seed <= 60; ++seed) {
        policy() = RandomPolicy{seed}.make();
        apply();
        const auto image = policy::compile(policy(), 1);
        const auto engine = *policy::Engine::open(image, {});
        for (const auto& [guest, device] : {std::pair{"guest1", guest1}, std::pair{"guest2", guest2}}) {
            const auto subject = engine.subject(device);
            for (const auto address : addresses) {
                for (const auto port : ports) {
                    const auto verdict = engine.decide_address(subject, *parse_address(address), model::Transport::Tcp, port);
                    const bool is_silent = verdict.layer == policy::Layer::Banned;
                    const auto error = connect(guest, std::string{address}, port, is_silent ? 100ms : 2000ms);
                    const auto expected = !verdict.is_denied() ? 0 : is_silent ? ETIMEDOUT : ECONNREFUSED;
                    EXPECT_EQ(error, expected) << "seed " << seed << ": " << guest << " to " << address << " port " << port
                                               << ", " << engine.describe(verdict) << ", layer " << to_string(verdict.layer);
                    ++(verdict.is_denied() ? denied : allowed);
                }
            }
        }
    }
    EXPECT_GT(allowed, 150);
    EXPECT_GT(denied, 150);
}

}  // namespace
}  // namespace vivi::firewall
