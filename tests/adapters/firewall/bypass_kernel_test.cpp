// Ways around the policy that are the kernel's to close: resolvers, forged addresses, IPv6, the uplink, a router with one arm.
// SPDX-License-Identifier: Apache-2.0
#include <net/if.h>

#include "tests/adapters/firewall/venue_fixture.hpp"

namespace vivi::firewall {
namespace {

using model::Mode;
using test::Download;
using test::Socket;

constexpr std::uint16_t web = 80, tls = 443, dot = 853, stream = 5000;

class FirewallBypass : public Venue {
protected:
    void SetUp() override {
        Venue::SetUp();
        place->more_addresses({"198.51.100.7", "1.1.1.1"});
    }
};

TEST_F(FirewallBypass, AHardCodedResolverIsAnsweredByUs) {
    apply();
    const auto dnsd = place->listen("router", SOCK_DGRAM, dns_port);
    const auto dnsd_tcp = place->listen("router", SOCK_STREAM, dns_port);
    const auto theirs = place->listen("internet", SOCK_DGRAM, dns_port, "1.1.1.1");
    Datagrams query{*place, "guest1", "1.1.1.1", dnsd, dns_port};
    EXPECT_TRUE(query.goes_up());
    EXPECT_TRUE(query.comes_down()) << "from the address that was asked";
    EXPECT_EQ(connect("guest1", "1.1.1.1", dns_port), 0);
    EXPECT_TRUE(dnsd_tcp.is_ready(POLLIN, 500ms));
    EXPECT_FALSE(theirs.is_ready(POLLIN, 0ms));
}

TEST_F(FirewallBypass, AConversationWithAResolverOlderThanTheRedirectionEnds) {
    configuration.firewall.redirect_dns = false;
    apply();
    const auto theirs = place->listen("internet", SOCK_DGRAM, dns_port, "1.1.1.1");
    const auto dnsd = place->listen("router", SOCK_DGRAM, dns_port);
    Datagrams query{*place, "guest1", "1.1.1.1", theirs, dns_port};
    ASSERT_TRUE(query.goes_up() && query.comes_down());
    configuration.firewall.redirect_dns = true;
    apply();
    EXPECT_FALSE(query.goes_up(200ms));
    EXPECT_TRUE(dnsd.is_ready(POLLIN, 500ms)) << "it is ours now";
}

TEST_F(FirewallBypass, WithDnsdAwayUnboundAnswersBlockListedViewsOnly) {
    policy().groups = {{.name = "guests", .devices = {guest2}, .mode = Mode::AllowListed}};
    apply();
    const auto unbound = place->listen("router", SOCK_DGRAM, fallback_dns_port);
    const auto dnsd = place->listen("router", SOCK_DGRAM, dns_port);
    EXPECT_EQ(connect("guest1", "10.66.0.1", fallback_dns_port, 200ms), ETIMEDOUT) << "not by itself";
    Datagrams same_port{*place, "guest1", "10.66.0.1", dnsd, dns_port};
    ASSERT_TRUE(same_port.goes_up());
    facts.dns = DnsState::Fallback;
    apply();
    EXPECT_FALSE(same_port.goes_up(200ms));
    EXPECT_TRUE(unbound.is_ready(POLLIN, 500ms)) << "the same socket of the guest: its connection was forgotten";
    EXPECT_TRUE((Datagrams{*place, "guest1", "1.1.1.1", unbound, dns_port}.goes_up()));
    Datagrams closed{*place, "guest2", "1.1.1.1", unbound, dns_port};
    EXPECT_FALSE(closed.goes_up(200ms));
    EXPECT_EQ(closed.error(), ECONNREFUSED) << "refused at once";
    EXPECT_EQ(connect("guest2", "10.66.0.1", fallback_dns_port, 200ms), ETIMEDOUT);
}

TEST_F(FirewallBypass, StrictModeRefusesEncryptedDns) {
    const auto dot_server = place->listen("internet", SOCK_STREAM, dot), tls_server = place->listen("internet", SOCK_STREAM, tls);
    const auto doq_server = place->listen("internet", SOCK_DGRAM, dot), quic_server = place->listen("internet", SOCK_DGRAM, tls);
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.7", dot), 0);
    EXPECT_EQ(connect("guest1", "1.1.1.1", tls), 0);
    EXPECT_TRUE((Datagrams{*place, "guest1", "198.51.100.7", quic_server, tls}.goes_up()));
    configuration.dns.strict = true;
    apply();
    EXPECT_EQ(connect("guest1", "198.51.100.7", dot), ECONNREFUSED) << "DoT";
    EXPECT_FALSE((Datagrams{*place, "guest1", "198.51.100.7", doq_server, dot}.goes_up(200ms))) << "DoQ";
    EXPECT_EQ(connect("guest1", "1.1.1.1", tls), ECONNREFUSED) << "DoH at a known address";
    EXPECT_EQ(connect("guest1", "198.51.100.7", tls), 0) << "any other site";
    Datagrams quic{*place, "guest1", "198.51.100.7", quic_server, tls};
    EXPECT_FALSE(quic.goes_up(200ms));
    EXPECT_EQ(quic.error(), ECONNREFUSED) << "so that the browser takes TCP at once";
    EXPECT_GE(hits("strict"), 4U);
}

TEST_F(FirewallBypass, AnotherDevicesAddressIsNoUse) {
    const auto server = place->listen("internet", SOCK_STREAM, web);
    facts.leased = {{*parse_address("10.66.0.11"), guest1}};
    apply();
    EXPECT_EQ(connect("guest2", "192.0.2.1", web), 0) << "a static address that nobody leased passes";
    place->readdress("guest2", "10.66.0.11/22");
    EXPECT_EQ(connect("guest2", "192.0.2.1", web, 300ms), ETIMEDOUT);
    EXPECT_GT(hits("spoofed"), 0U);
    place->readdress("guest2", "172.16.9.9/22");
    EXPECT_EQ(connect("guest2", "192.0.2.1", web, 300ms), ETIMEDOUT) << "nor one of another network";
    configuration.firewall.anti_spoofing = false;
    place->readdress("guest2", "10.66.0.11/22");
    apply();
    EXPECT_EQ(connect("guest2", "192.0.2.1", web), 0) << "unless it is switched off";
}

TEST_F(FirewallBypass, AnotherDevicesMacWithItsOwnAddressIsDropped) {
    policy().mode = Mode::AllowListed;
    policy().protected_devices = {guest1};
    const auto server = place->listen("internet", SOCK_STREAM, web);
    apply();
    ASSERT_EQ(connect("guest2", "192.0.2.1", web), ECONNREFUSED);
    place->forge_mac("guest2", to_string(guest1));
    EXPECT_EQ(connect("guest2", "192.0.2.1", web, 300ms), ETIMEDOUT) << "10.66.0.12 is leased to guest2's own MAC";
}

TEST_F(FirewallBypass, IPv6IsDropped) {
    place->with_ipv6();
    const auto server = place->listen("internet", SOCK_STREAM, web, "::");
    apply();
    ASSERT_TRUE(router([] { return std::system("sysctl -qw net.ipv6.conf.all.forwarding=1") == 0; }));
    EXPECT_EQ(connect("guest1", "2001:db8:1::1", web, 300ms), ETIMEDOUT);
    EXPECT_GT(hits("ipv6"), 0U);
}

TEST_F(FirewallBypass, IPv6IsFilteredByTheSameRules) {
    configuration.firewall.ipv6 = model::Ipv6Mode::Filter;
    place->with_ipv6();
    const auto server = place->listen("internet", SOCK_STREAM, web, "::");
    const auto datagrams = place->listen("internet", SOCK_DGRAM, stream, "::");
    apply();
    ASSERT_EQ(connect("guest1", "2001:db8:1::1", web), 0) << "forwarding was enabled with the plan";
    Datagrams running{*place, "guest1", "2001:db8:1::1", datagrams, stream};
    ASSERT_TRUE(running.goes_up() && running.comes_down());

    facts.seen = router([&] { return *kernel.neighbours(); });
    policy().devices = {{.device = guest1}};
    apply();
    EXPECT_TRUE(in_force.bans.addresses.contains(*parse_address("2001:db8:66::11"))) << "from the neighbour table";
    EXPECT_FALSE(running.comes_down());
    EXPECT_EQ(connect("guest1", "2001:db8:1::1", web, 300ms), ETIMEDOUT);

    policy().devices.clear();
    deny("2001:db8:1::/48");
    apply();
    EXPECT_EQ(connect("guest1", "2001:db8:1::1", web), ECONNREFUSED);
    policy().addresses.clear();
    policy().mode = Mode::AllowListed;
    apply();
    EXPECT_EQ(connect("guest1", "2001:db8:1::1", web), ECONNREFUSED);
    allow(guest1, "2001:db8:1::1");
    EXPECT_EQ(connect("guest1", "2001:db8:1::1", web), 0);
    EXPECT_NE(connect("internet", "2001:db8:66::11", web, 300ms), 0) << "nobody comes in from outside";
}

TEST_F(FirewallBypass, AGuestsRouterAdvertisementDoesNotReachAnotherGuest) {
    place->with_ipv6();
    const auto raw = [&](const std::string& guest) {
        return place->inside(guest,
                             [] { return Socket{::socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMPV6)}; });
    };
    const auto announcer = raw("guest2"), victim = raw("guest1");
    const auto index = place->inside("guest2", [] { return ::if_nametoindex("eth0"); });
    const int hops = 255;  // RFC 4861 section 6.1.2.
    ::setsockopt(announcer.number(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops);
    ::setsockopt(announcer.number(), IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index);
    constexpr char router_advertisement = static_cast<char>(134);
    const auto announced = [&] {
        std::array<char, 16> message{router_advertisement, 0, 0, 0, 64, 0, 0x07, 0x08};
        const auto all_nodes = test::endpoint("ff02::1", 0);
        EXPECT_EQ(::sendto(announcer.number(), message.data(), message.size(), 0, all_nodes.get(), all_nodes.size), 16);
        std::array<char, 256> received{};
        while (victim.is_ready(POLLIN, 300ms)) {
            if (::recv(victim.number(), received.data(), received.size(), 0) > 0 && received[0] == router_advertisement)
                return true;
        }
        return false;
    };
    ASSERT_TRUE(announced()) << "a bridge passes it on";
    apply();
    ASSERT_TRUE(kernel.guards_bridges());
    EXPECT_FALSE(announced());
}

TEST_F(FirewallBypass, TheUplinkReachesNoGuestAndNotTheRouter) {
    configuration.uplink.masquerade = false;  // So that the uplink could know the way.
    apply();
    const auto guests = place->listen("guest1", SOCK_STREAM, web);
    const auto page = place->listen("router", SOCK_STREAM, web);
    place->route("internet", "10.66.0.0/22", "192.0.2.2");
    EXPECT_EQ(connect("internet", "10.66.0.11", web, 300ms), ETIMEDOUT);
    EXPECT_EQ(connect("internet", "192.0.2.2", web, 300ms), ETIMEDOUT);
    const auto server = place->listen("internet", SOCK_STREAM, web);
    EXPECT_EQ(connect("guest1", "192.0.2.1", web), 0);
}

class FirewallOneArmed : public FirewallBypass {
protected:
    void SetUp() override {
        Venue::SetUp();
        place->one_armed();
        configuration.uplink = {.interface = "br-lan", .gateway = *parse_ipv4("10.66.0.2"), .masquerade = false};
    }
};

TEST_F(FirewallOneArmed, EnforcesOnTheWayThereAndBack) {
    ASSERT_EQ(topology(configuration), model::Topology::OneArmed);
    const auto server = place->listen("internet", SOCK_STREAM, web);
    const auto datagrams = place->listen("internet", SOCK_DGRAM, stream, "192.0.2.1");
    const auto dnsd = place->listen("router", SOCK_DGRAM, dns_port);
    apply();
    ASSERT_EQ(connect("guest1", "192.0.2.1", web), 0) << "in and out by one interface";
    EXPECT_EQ(connect("router", "192.0.2.1", web), 0);
    Datagrams running{*place, "guest1", "192.0.2.1", datagrams, stream};
    ASSERT_TRUE(running.goes_up() && running.comes_down()) << "masqueraded, or the answer would pass us by";
    EXPECT_TRUE((Datagrams{*place, "guest1", "1.1.1.1", dnsd, dns_port}.goes_up()));
    deny("192.0.2.1/32");
    apply();
    EXPECT_EQ(connect("guest1", "192.0.2.1", web), ECONNREFUSED);
    EXPECT_FALSE(running.comes_down());
    policy().addresses.clear();
    policy().devices = {{.device = guest1}};
    apply();
    EXPECT_EQ(connect("guest1", "192.0.2.1", web, 300ms), ETIMEDOUT);
    EXPECT_EQ(connect("guest2", "192.0.2.1", web), 0);
}

TEST_F(FirewallOneArmed, TheGatewayReachesNoService) {
    apply();
    const auto secret = place->listen("router", SOCK_STREAM, 6379);
    EXPECT_EQ(connect("internet", "10.66.0.1", 6379, 300ms), ETIMEDOUT);
    place->route("internet", "10.66.0.11/32", "10.66.0.1");
    const auto guests = place->listen("guest1", SOCK_STREAM, web);
    Socket from_outside;
    EXPECT_EQ(place->try_connect(from_outside, "internet", "10.66.0.11", web, 300ms, "192.0.2.1"), ETIMEDOUT);
}

}  // namespace
}  // namespace vivi::firewall
