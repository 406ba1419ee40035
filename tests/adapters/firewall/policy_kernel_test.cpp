// The policy in a real kernel: rules, views, modes and standings decide about packets, also of what runs already.
// SPDX-License-Identifier: Apache-2.0
#include "common/policy/rules.hpp"
#include "tests/adapters/firewall/venue_fixture.hpp"

namespace vivi::firewall {
namespace {

using model::Mode;
using test::Download;
using test::Socket;

constexpr std::uint16_t web = 80, tls = 443, stream = 5000;

class FirewallPolicy : public Venue {
protected:
    void SetUp() override {
        Venue::SetUp();
        place->more_addresses({"198.51.100.7", "198.51.100.8"});
        server = place->listen("internet", SOCK_STREAM, web);
        datagrams = place->listen("internet", SOCK_DGRAM, stream, "198.51.100.7");
    }
    std::optional<Download> download(const std::string& guest, const std::string& address) {
        auto client = place->connect(guest, address, web);
        if (!client || !server.is_ready(POLLIN, 1s)) return std::nullopt;
        return Download{*std::move(client), Socket{::accept4(server.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)}};
    }

    Socket server{}, datagrams{};
};

TEST_F(FirewallPolicy, AnAddressRuleRefusesAtOnceAndOnlyItsAddress) {
    deny("198.51.100.7/32");
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), ECONNREFUSED) << "no silence: the browser says so at once";
    EXPECT_EQ(connect("guest1", "198.51.100.8", web), 0);
    Datagrams refused{*place, "guest1", "198.51.100.7", datagrams, stream};
    EXPECT_FALSE(refused.goes_up(200ms));
    EXPECT_EQ(refused.error(), ECONNREFUSED);
    EXPECT_GT(hits("event_deny", "address 198.51.100.7/32 (deny, everybody)"), 0U);
}

TEST_F(FirewallPolicy, AnAddressRuleEndsWhatRuns) {
    apply();
    auto running = download("guest1", "198.51.100.7");
    auto untouched = download("guest1", "198.51.100.8");
    Datagrams datagram{*place, "guest1", "198.51.100.7", datagrams, stream};
    ASSERT_TRUE(running && untouched && datagram.goes_up() && datagram.comes_down());
    ASSERT_GT(running->received_in(100ms), 0U);
    deny("198.51.100.7/32");
    apply();
    running->received_in(100ms);
    EXPECT_EQ(running->received_in(300ms), 0U);
    EXPECT_FALSE(datagram.comes_down()) << "a stream downwards needs no packet of the guest to end";
    EXPECT_GT(untouched->received_in(200ms), 0U);
}

TEST_F(FirewallPolicy, TransportAndPortOfARuleAreRespected) {
    const auto second = place->listen("internet", SOCK_STREAM, tls);
    policy().addresses = {{.prefix = *parse_ip_prefix("198.51.100.0/24"), .transport = model::Transport::Tcp, .port = tls}};
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.7", tls), ECONNREFUSED);
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), 0);
    EXPECT_TRUE((Datagrams{*place, "guest1", "198.51.100.7", datagrams, stream}.goes_up()));
}

TEST_F(FirewallPolicy, AGroupsRulesAreForItsMembersAlone) {
    put_in_group(guest1);
    deny("198.51.100.7/32", {.group = "guests"});
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), ECONNREFUSED);
    EXPECT_EQ(connect("guest2", "198.51.100.7", web), 0);
    policy().groups[0].devices = {guest2};
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), 0) << "a change of elements";
    EXPECT_EQ(connect("guest2", "198.51.100.7", web), ECONNREFUSED);
}

TEST_F(FirewallPolicy, TheNarrowerLayerWins) {
    put_in_group(guest1);
    deny("198.51.100.0/24");
    deny("198.51.100.7/32", {.group = "guests"}, model::Decision::Allow);
    deny("198.51.100.8/32", {.device = guest2}, model::Decision::Allow);
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), 0);
    EXPECT_EQ(connect("guest1", "198.51.100.8", web), ECONNREFUSED);
    EXPECT_EQ(connect("guest2", "198.51.100.7", web), ECONNREFUSED);
    EXPECT_EQ(connect("guest2", "198.51.100.8", web), 0);
}

TEST_F(FirewallPolicy, ManyRulesBecomeSetsThatSayTheSame) {
    for (int i = 0; i < 100; ++i) deny("203.0.113." + std::to_string(i) + "/32");
    deny("198.51.100.7/32");
    deny("192.0.2.1/32", {}, model::Decision::Allow);
    deny("192.0.2.0/24");
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), ECONNREFUSED);
    EXPECT_EQ(connect("guest1", "198.51.100.8", web), 0);
    EXPECT_EQ(connect("guest1", "192.0.2.1", web), 0);
    EXPECT_GT(hits("event_deny", "102 addresses (deny, everybody)"), 0U);
    policy().addresses.resize(1);
    apply();  // Sets, counters and chains that are not needed any more are gone, or check() would say so.
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), 0);
}

TEST_F(FirewallPolicy, AllowListedReachesWhatWasAnsweredAndNothingElse) {
    put_in_group(guest1, Mode::AllowListed);
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), ECONNREFUSED) << "an address typed in";
    EXPECT_EQ(connect("guest2", "198.51.100.7", web), 0) << "another view";
    allow(guest1, "198.51.100.7");
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), 0);
    EXPECT_EQ(connect("guest1", "198.51.100.8", web), ECONNREFUSED);
    deny("198.51.100.8/32", {}, model::Decision::Allow);
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.8", web), 0) << "an allow rule for the address";
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), 0) << "a refill keeps what dnsd allowed";
}

TEST_F(FirewallPolicy, TrafficKeepsAnAllowedAddressAndItsEndIsTheEnd) {
    put_in_group(guest1, Mode::AllowListed);
    apply();
    allow(guest1, "198.51.100.7", 2s);
    allow(guest1, "198.51.100.8", 2s);
    Datagrams kept{*place, "guest1", "198.51.100.7", datagrams, stream};
    ASSERT_TRUE(kept.goes_up());
    AllowedSets sets;
    const auto held = [&] { return router([&] { return *sets.held(); }); };
    test::await("the end of the one without traffic", [&] { return held().size() == 1; }, 5s);
    EXPECT_EQ(held().front().address, *parse_address("198.51.100.7"));
    EXPECT_TRUE(kept.goes_up() && kept.comes_down());
    EXPECT_EQ(connect("guest1", "198.51.100.8", web), ECONNREFUSED);
}

TEST_F(FirewallPolicy, AChangeOfModeEndsWhatRuns) {
    put_in_group(guest1);
    apply();
    auto running = download("guest1", "198.51.100.7");
    auto others = download("guest2", "198.51.100.7");
    ASSERT_TRUE(running && others);
    policy().groups[0].mode = Mode::AllowListed;
    apply();
    running->received_in(100ms);
    EXPECT_EQ(running->received_in(300ms), 0U);
    EXPECT_GT(others->received_in(200ms), 0U);
}

TEST_F(FirewallPolicy, NewDevicesAreRefusedUntilAdmitted) {
    policy().new_devices = model::NewDevices::Ask;
    policy().devices = {{.device = guest2, .decision = model::Decision::Allow}};
    apply();
    const auto page = place->listen("router", SOCK_STREAM, web);
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), ECONNREFUSED);
    EXPECT_EQ(connect("guest1", "10.66.0.1", web), 0) << "the local page and DNS answer";
    EXPECT_EQ(connect("guest2", "198.51.100.7", web), 0);
    EXPECT_GT(hits("new_device"), 0U);
    AllowedSets sets;
    const Allowed essential{.view = policy::newcomers, .address = *parse_address("198.51.100.8")};
    ASSERT_TRUE(router([&] { return sets.allow(std::array{essential}, 60s); }));
    EXPECT_EQ(connect("guest1", "198.51.100.8", web), 0) << "what dnsd let through: a connectivity check";
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), ECONNREFUSED);
    policy().devices.push_back({.device = guest1, .decision = model::Decision::Allow});
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), 0);
}

TEST_F(FirewallPolicy, LosingAdmissionEndsWhatRuns) {
    policy().new_devices = model::NewDevices::Deny;
    policy().devices = {{.device = guest1, .decision = model::Decision::Allow}};
    apply();
    Datagrams running{*place, "guest1", "198.51.100.7", datagrams, stream};
    ASSERT_TRUE(running.goes_up() && running.comes_down());
    policy().devices.clear();
    apply();
    EXPECT_FALSE(running.comes_down());
    EXPECT_FALSE(running.goes_up(200ms));
}

TEST_F(FirewallPolicy, NothingDeniesAProtectedDevice) {
    policy().mode = Mode::AllowListed;
    policy().new_devices = model::NewDevices::Deny;
    policy().devices = {{.device = guest1}};
    deny("198.51.100.7/32", {.device = guest1});
    configuration.dns.strict = true;
    policy().protected_devices = {guest1};
    apply();
    const auto resolver = place->listen("internet", SOCK_STREAM, 853);
    const auto dns = place->listen("internet", SOCK_DGRAM, 53, "198.51.100.7");
    auto running = download("guest1", "198.51.100.7");
    ASSERT_TRUE(running);
    EXPECT_GT(running->received_in(100ms), 0U);
    EXPECT_EQ(connect("guest1", "198.51.100.7", 853), 0);
    Datagrams query{*place, "guest1", "198.51.100.7", dns, 53};
    EXPECT_TRUE(query.goes_up() && query.comes_down()) << "its own resolver too";
    EXPECT_EQ(connect("guest2", "198.51.100.7", web), ECONNREFUSED);
    policy().protected_devices.clear();
    apply();
    running->received_in(100ms);
    EXPECT_EQ(running->received_in(300ms), 0U) << "and without protection it is banned";
}

TEST_F(FirewallPolicy, ACutEndsOneFlowAndLeavesAnotherToTheSameAddress) {
    apply();
    Datagrams cut{*place, "guest1", "198.51.100.7", datagrams, stream},
        other{*place, "guest1", "198.51.100.7", datagrams, stream};
    ASSERT_TRUE(cut.goes_up() && cut.comes_down() && other.goes_up() && other.comes_down());
    ASSERT_TRUE(router([&] {
        return kernel.cut({.protocol = IPPROTO_UDP,
                           .local = *parse_address("10.66.0.11"),
                           .remote = *parse_address("198.51.100.7"),
                           .local_port = cut.guest_port(),
                           .remote_port = stream},
                          60s);
    }));
    EXPECT_FALSE(cut.comes_down());
    EXPECT_FALSE(cut.goes_up(200ms));
    EXPECT_TRUE(other.goes_up() && other.comes_down());
    EXPECT_GT(hits("cut"), 0U);
}

TEST_F(FirewallPolicy, ACutResetsBothEndsOfTcp) {
    apply();
    auto client = place->connect("guest1", "198.51.100.7", web);
    ASSERT_TRUE(client && server.is_ready(POLLIN, 1s));
    const Socket accepted{::accept4(server.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    test::Endpoint own;
    own.size = sizeof own.storage;
    ::getsockname(client->number(), own.get(), &own.size);
    ASSERT_TRUE(router([&] {
        return kernel.cut({.protocol = IPPROTO_TCP,
                           .local = *parse_address("10.66.0.11"),
                           .remote = *parse_address("198.51.100.7"),
                           .local_port = own.port(),
                           .remote_port = web},
                          60s);
    }));
    ::send(client->number(), "GET /", 5, MSG_NOSIGNAL);
    ASSERT_TRUE(client->is_ready(POLLERR, 1s));
    ::send(accepted.number(), "HTTP/1.1", 8, MSG_NOSIGNAL);
    EXPECT_TRUE(accepted.is_ready(POLLERR, 1s));
    EXPECT_EQ(connect("guest1", "198.51.100.7", web), 0) << "from another port";
}

}  // namespace
}  // namespace vivi::firewall
