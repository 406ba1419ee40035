// A venue whose router enforces a configuration the way bridged does: by elements where that is enough, else as a whole.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>

#include "router/firewall/allowed.hpp"
#include "router/firewall/kernel.hpp"
#include "tests/adapters/firewall/small_venue.hpp"

namespace vivi::firewall {

inline const Mac guest1 = *parse_mac("02:00:00:00:00:01"), guest2 = *parse_mac("02:00:00:00:00:02");

/// A conversation in datagrams between a guest and somebody who listens.
class Datagrams {
public:
    Datagrams(const test::SmallVenue& place, const std::string& guest, const std::string& address, const test::Socket& listener,
              std::uint16_t port)
        : to_{test::endpoint(address, port)}, guest_{place.socket(guest, SOCK_DGRAM, to_.family())}, listener_{listener} {
        ::connect(guest_.number(), to_.get(), to_.size);
    }
    /// Whether one from the guest arrives.
    bool goes_up(Milliseconds most = 500ms) {
        std::array<char, 64> buffer{};
        while (::recv(listener_.number(), buffer.data(), buffer.size(), 0) > 0) {
        }
        ::send(guest_.number(), "up", 2, 0);
        if (!listener_.is_ready(POLLIN, most)) return false;
        from_ = {};
        from_.size = sizeof from_.storage;
        return ::recvfrom(listener_.number(), buffer.data(), buffer.size(), 0, from_.get(), &from_.size) == 2;
    }
    /// Whether one to the guest arrives, as an answer to the last that went up.
    bool comes_down(Milliseconds most = 300ms) {
        std::array<char, 64> buffer{};
        ::sendto(listener_.number(), "down", 4, 0, from_.get(), from_.size);
        return guest_.is_ready(POLLIN, most) && ::recv(guest_.number(), buffer.data(), buffer.size(), 0) == 4;
    }
    /// The error that the last refusal left at the guest's socket.
    int error(Milliseconds most = 500ms) {
        static_cast<void>(guest_.is_ready(POLLERR, most));
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(guest_.number(), SOL_SOCKET, SO_ERROR, &error, &size);
        return error;
    }
    std::uint16_t guest_port() const {
        test::Endpoint own;
        own.size = sizeof own.storage;
        ::getsockname(guest_.number(), own.get(), &own.size);
        return own.port();
    }

private:
    test::Endpoint to_{}, from_{};
    test::Socket guest_;
    const test::Socket& listener_;
};

class Venue : public testing::Test {
protected:
    template <class Call>
    auto router(Call call) {
        return place->inside("router", std::move(call));
    }
    void SetUp() override {
        if (::geteuid() != 0) FAIL() << "network namespaces need root; run the adapters tests as root";
        place = std::make_unique<test::SmallVenue>();
        configuration.networks.push_back({.name = "lan", .interface = "br-lan", .address = *parse_ipv4_prefix("10.66.0.1/22")});
        configuration.uplink.interface = "uplink0";
        facts.leased = {{*parse_address("10.66.0.11"), guest1}, {*parse_address("10.66.0.12"), guest2}};
    }
    /// Makes `configuration` and `facts` be in force; and then they are.
    void apply() {
        const auto wanted = plan(configuration, facts, {});
        const auto done = router([&]() -> Status {
            const auto changes = is_loaded ? difference(in_force, wanted) : std::nullopt;
            auto made = changes ? kernel.change(*changes) : kernel.load(wanted);
            if (made && !changes) made = kernel.enable_forwarding();
            if (made) made = kernel.forget(to_forget(in_force, wanted));
            if (!made) return made;
            const auto drift = kernel.check(wanted);
            if (!drift) return std::unexpected{drift.error()};
            return drift->empty() ? Status{} : failed(Code::Internal, drift->what.front());
        });
        ASSERT_TRUE(done) << done.error().detail;
        in_force = wanted;
        is_loaded = true;
    }
    model::Policy& policy() { return configuration.policy; }
    void put_in_group(Mac device, std::optional<model::Mode> mode = {}) {
        policy().groups.push_back({.name = "guests", .devices = {device}, .mode = mode});
    }
    void deny(const std::string& prefix, model::Scope scope = {}, model::Decision decision = model::Decision::Deny) {
        policy().addresses.push_back({.prefix = *parse_ip_prefix(prefix), .decision = decision, .scope = std::move(scope)});
    }
    /// What dnsd does with an answer.
    void allow(Mac device, const std::string& address, Seconds timeout = 3660s) {
        const auto views = policy::views(policy());
        const auto view = views.contains(device) ? views.at(device) : policy::everybody;
        AllowedSets sets;
        const auto done =
            router([&] { return sets.allow(std::array{Allowed{.view = view, .address = *parse_address(address)}}, timeout); });
        ASSERT_TRUE(done) << done.error().detail;
    }
    /// The errno of an attempt to connect: 0, ECONNREFUSED for a refusal, ETIMEDOUT for silence.
    int connect(const std::string& guest, const std::string& address, std::uint16_t port, Milliseconds most = 500ms) {
        test::Socket made;
        return place->try_connect(made, guest, address, port, most);
    }
    std::uint64_t hits(const std::string& layer, const std::string& description = {}) {
        const auto all = router([&] { return kernel.counters(in_force); });
        std::uint64_t packets = 0;
        for (const auto& one : *all) {
            if (one.layer == layer && (description.empty() || one.description == description)) packets += one.packets;
        }
        return packets;
    }

    std::unique_ptr<test::SmallVenue> place{};
    Kernel kernel{};
    model::Configuration configuration{.revision = 1};
    Facts facts{};
    Plan in_force{};
    bool is_loaded = false;
};

}  // namespace vivi::firewall
