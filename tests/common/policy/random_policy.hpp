// Random policies, names and addresses from alphabets so small that everything meets everything.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>

#include "tests/common/policy/reference.hpp"

namespace vivi::policy::test {

class Random {
public:
    explicit Random(std::uint32_t seed) : engine_{seed} {}

    std::uint32_t below(std::uint32_t count) { return static_cast<std::uint32_t>(engine_() % count); }
    bool one_in(std::uint32_t count) { return below(count) == 0; }
    template <class T>
    T one_of(std::initializer_list<T> values) {
        return *(values.begin() + below(static_cast<std::uint32_t>(values.size())));
    }

    std::string name() {
        std::string name = one_of({"org", "net"});
        for (auto more = below(4); more > 0; --more) name = std::string{one_of({"a", "b", "ab"})} + "." + name;
        return one_in(20) ? one_of({"time.apple.com", "x.time.apple.com", "de.pool.ntp.org", "apple.com"}) : name;
    }
    Mac device() { return {{0x02, 0, 0, 0, 0, static_cast<std::uint8_t>(below(5))}}; }
    std::string group() { return one_of({"guests", "staff"}); }
    model::Decision decision() { return one_in(2) ? model::Decision::Allow : model::Decision::Deny; }
    /// In four weeks around the last Sunday of October 2026, to five minutes.
    WallTime moment() { return WallTime{Milliseconds{1'791'600'000'000 + std::int64_t{below(8064)} * 300'000}}; }
    Ipv6 address() {
        if (one_in(3)) return parse_ipv6(one_of({"2001:db8::1", "2001:db8:0:1::1", "2001:db9::", "::1"})).value();
        return to_mapped(Ipv4{0xc0000200 + below(8)});
    }
    IpPrefix prefix() {
        return parse_ip_prefix(one_of({"0.0.0.0/0", "192.0.2.0/24", "192.0.2.0/30", "192.0.2.4/30", "192.0.2.1", "192.0.2.5",
                                       "::/0", "2001:db8::/32", "2001:db8::/64", "2001:db8::1"}))
            .value();
    }
    std::uint16_t port() { return one_of<std::uint16_t>({53, 443}); }
    model::Transport transport() { return static_cast<model::Transport>(below(3)); }

    model::Policy policy() {
        using namespace model;
        Policy policy{.mode = Mode{static_cast<std::uint8_t>(below(2))},
                      .new_devices = NewDevices{static_cast<std::uint8_t>(below(3))}};
        policy.groups = {{.name = "guests"}, {.name = "staff", .mode = Mode::AllowListed}};
        for (std::uint8_t i = 0; i < 5; ++i) {
            if (one_in(2)) policy.groups[below(2)].devices.push_back({{0x02, 0, 0, 0, 0, i}});
        }
        for (const auto* name : {"doors", "show"}) {
            const auto from = moment();
            policy.phases.push_back(
                {.name = name, .from = from, .to = from + Milliseconds{std::int64_t{1 + below(500)} * 300'000}});
        }
        for (const auto* name : {"nights", "some days"}) policy.schedules.push_back(schedule(name));
        fill(policy);
        return policy;
    }

    std::vector<Tagged> tagged() {
        std::vector<Tagged> all;
        for (auto count = below(12); count > 0; --count) {
            Tagged one{.kind = TagKind{static_cast<std::uint8_t>(below(3))},
                       .tag = tag(),
                       .name = name(),
                       .with_below = !one_in(4),
                       .allows = one_in(5)};
            const auto is_same = [&](const Tagged& other) {
                return other.kind == one.kind && other.tag == one.tag && other.name == one.name;
            };
            if (std::ranges::none_of(all, is_same)) all.push_back(one);
        }
        return all;
    }

private:
    std::string tag() { return one_of({"one", "two"}); }
    std::string schedule_name() { return one_in(3) ? one_of({"nights", "some days"}) : ""; }
    std::optional<WallTime> until() { return one_in(5) ? std::optional{moment()} : std::nullopt; }

    model::Scope scope() {
        model::Scope scope{.schedule = schedule_name(), .until = until()};
        if (one_in(3)) scope.device = device();
        if (!scope.device && one_in(2)) scope.group = group();
        return scope;
    }

    model::Schedule schedule(std::string name) {
        using std::chrono::minutes;
        model::Schedule schedule{.name = std::move(name)};
        for (auto count = below(3); count > 0; --count) {
            model::Window window{.from = minutes{below(48) * 30}, .to = minutes{below(49) * 30}};
            for (auto days = below(3); days > 0; --days) window.days.emplace_back(below(7));
            schedule.windows.push_back(window);
        }
        if (one_in(3)) schedule.phases = {one_of<std::string>({"doors", "show"})};
        return schedule;
    }

    void fill(model::Policy& policy) {
        for (auto count = below(4); count > 0; --count)
            policy.devices.push_back({.device = device(), .decision = decision(), .schedule = schedule_name(), .until = until()});
        for (auto count = below(10); count > 0; --count)
            policy.domains.push_back({.domain = name(), .subdomains = !one_in(3), .decision = decision(), .scope = scope()});
        for (auto count = below(10); count > 0; --count) {
            model::AddressRule rule{.prefix = prefix(), .transport = transport(), .decision = decision(), .scope = scope()};
            if (one_in(3)) rule.port = port();
            policy.addresses.push_back(rule);
        }
        for (auto count = below(3); count > 0; --count)
            policy.categories.push_back({.category = tag(), .decision = decision(), .scope = scope()});
        for (auto count = below(3); count > 0; --count)
            policy.services.push_back({.service = tag(), .decision = decision(), .scope = scope()});
        for (auto count = below(3); count > 0; --count)
            policy.lists.push_back({.list = tag(), .decision = decision(), .scope = scope()});
        if (one_in(4)) policy.protected_devices.push_back(device());
        if (one_in(4)) policy.never_blocked.push_back(name());
    }

    std::mt19937 engine_;
};

}  // namespace vivi::policy::test
