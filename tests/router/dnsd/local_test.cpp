// What is answered here: names of this place, names that do not belong into the DNS, and ways out of ours.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "router/dnsd/special_names.hpp"
#include "tests/router/dnsd/venue.hpp"

namespace vivi::dnsd {
namespace {

using namespace vivi::test;  // NOLINT: the builders are the words of these tests.

TEST(DnsdLocalNames, AreThoseOfLeases) {
    Venue venue;
    EXPECT_EQ(venue.ask("phone.party.example"), "NOERROR aa | phone.party.example 60 A 10.0.0.100");
    EXPECT_EQ(venue.ask("Phone.Party.Example"), "NOERROR aa | Phone.Party.Example 60 A 10.0.0.100");
    EXPECT_EQ(venue.ask("phone.party.example", type::aaaa), "NOERROR aa | phone.party.example 60 SOA");
    EXPECT_EQ(venue.ask("nobody.party.example"), "NXDOMAIN aa | nobody.party.example 60 SOA");
    EXPECT_EQ(venue.ask("party.example"), "NOERROR aa | party.example 60 SOA") << "the domain exists";
    EXPECT_EQ(venue.ask("a.phone.party.example"), "NXDOMAIN aa | a.phone.party.example 60 SOA");
    EXPECT_EQ(venue.ask("printer.lan"), "NXDOMAIN aa | printer.lan 60 SOA") << "lan never leaks";
    EXPECT_EQ(venue.ask("100.0.0.10.in-addr.arpa", type::ptr), "NOERROR aa | 100.0.0.10.in-addr.arpa 60 PTR phone.party.example");
    EXPECT_EQ(venue.ask("250.0.0.10.in-addr.arpa", type::ptr), "NXDOMAIN | 250.0.0.10.in-addr.arpa 60 SOA");
    EXPECT_EQ(venue.engine.counters().forwarded, 0U);
}

TEST(DnsdLocalNames, IncludeTheRouter) {
    Venue venue;
    for (const auto* name : {"vivi.party.example", "vivi.lan"})
        EXPECT_EQ(venue.ask(name), "NOERROR aa | " + std::string{name} + " 60 A 10.0.0.1");
    EXPECT_EQ(venue.ask("1.0.0.10.in-addr.arpa", type::ptr), "NOERROR aa | 1.0.0.10.in-addr.arpa 60 PTR vivi.party.example");
    auto guests = lan();
    guests.name = "guests";
    guests.address = {Ipv4{0x0a010001}, 24};
    venue.engine.set_dns(venue.dns, std::vector{lan(), guests});
    EXPECT_EQ(venue.ask({.name = "vivi.lan"}, from(Ipv4{0x0a010077})), "NOERROR aa | vivi.lan 60 A 10.1.0.1")
        << "on the client's network";
}

TEST(DnsdLocalNames, GoToTheNewestLease) {
    Venue venue;
    venue.engine.set_leases(
        std::vector{lease(phone, phone_address, "camera", 1000), lease(laptop, laptop_address, "Camera.whatever", 2000)});
    EXPECT_EQ(venue.ask("camera.party.example"), "NOERROR aa | camera.party.example 60 A 10.0.0.101");
}

TEST(DnsdLocalNames, AreKeptForWhomTheyAreReserved) {
    Venue venue;
    auto network = lan();
    network.dhcp->reservations = {{.device = laptop, .address = laptop_address, .hostname = "nas"},
                                  {.device = phone, .address = {}, .hostname = "mixer"}};
    venue.engine.set_dns(venue.dns, std::vector{network});
    venue.engine.set_leases(std::vector{lease(phone, phone_address, "nas", 5000)});
    EXPECT_EQ(venue.ask("nas.party.example"), "NOERROR aa | nas.party.example 60 A 10.0.0.101") << "a guest cannot take it";
    EXPECT_EQ(venue.ask("mixer.party.example"), "NXDOMAIN aa | mixer.party.example 60 SOA") << "it has no address now";
    venue.engine.set_leases(std::vector{lease(phone, phone_address, "mixer", 5000)});
    EXPECT_EQ(venue.ask("mixer.party.example"), "NOERROR aa | mixer.party.example 60 A 10.0.0.100");
}

TEST(DnsdLocalNames, AreNotGivenToWhoWouldBeTrustedForThem) {
    Venue venue;
    for (const auto* name : {"wpad", "isatap", "vivi", "localhost", "in valid", "-_- !", ""}) {
        venue.engine.set_leases(std::vector{lease(phone, phone_address, name)});
        EXPECT_EQ(venue.ask("wpad.party.example"), "NXDOMAIN aa | wpad.party.example 60 SOA");
        EXPECT_EQ(venue.ask("vivi.party.example"), "NOERROR aa | vivi.party.example 60 A 10.0.0.1");
    }
}

TEST(DnsdLocalNames, LetTheDashboardOfTheSameDomainThrough) {
    Venue venue;
    model::Policy policy;
    policy.never_blocked = {"dash.party.example", "vivi.lan"};
    policy.new_devices = model::NewDevices::Deny;
    venue.set_policy(policy);
    EXPECT_EQ(venue.ask("dash.party.example"), "upstream");
    EXPECT_EQ(venue.ask({.name = "hub.dash.party.example"}, from(Ipv4{0x7f000001})), "upstream") << "for the router too";
    EXPECT_EQ(venue.ask("vivi.lan"), "NOERROR aa | vivi.lan 60 A 10.0.0.1") << "what is here stays here";
    EXPECT_EQ(venue.ask("other.party.example"), "NXDOMAIN aa | other.party.example 60 SOA");
}

TEST(DnsdLocalNames, GiveWayToPrivateNamesOfTheHouse) {
    Venue venue;
    venue.dns.private_names = {"corp.lan", "168.192.in-addr.arpa", "intranet"};
    venue.set_dns();
    EXPECT_EQ(venue.ask("wiki.corp.lan"), "upstream");
    EXPECT_EQ(venue.receive(reply_to(venue.sent_bytes, {a(question_pointer(), "10.9.9.9")})),
              "NOERROR | wiki.corp.lan 60 A 10.9.9.9");
    EXPECT_EQ(venue.ask("1.1.168.192.in-addr.arpa", type::ptr), "upstream");
    EXPECT_EQ(venue.ask("intranet"), "upstream");
}

TEST(DnsdSpecialNames, AreKnownByWholeLabels) {
    struct Case {
        const char* name;
        Special special;
    };
    for (const auto& [name, special] : {
             Case{"localhost", Special::Localhost},
             Case{"a.localhost", Special::Localhost},
             Case{"alive.vivi.invalid", Special::Nowhere},
             Case{"x.onion", Special::Nowhere},
             Case{"printer.local", Special::Nowhere},
             Case{"a.home.arpa", Special::Nowhere},
             Case{"a.test", Special::Nowhere},
             Case{"_dns.resolver.arpa", Special::Designation},
             Case{"use-application-dns.net", Special::BrowserDoh},
             Case{"mask.icloud.com", Special::PrivateRelay},
             Case{"mask-h2.icloud.com", Special::PrivateRelay},
             Case{"1.0.0.10.in-addr.arpa", Special::Reverse},
             Case{"1.0.16.172.in-addr.arpa", Special::Reverse},
             Case{"31.172.in-addr.arpa", Special::Reverse},
             Case{"1.2.3.100.100.in-addr.arpa", Special::Reverse},
             Case{"b.a.e.f.ip6.arpa", Special::Reverse},
             Case{"32.172.in-addr.arpa", Special::None},
             Case{"15.172.in-addr.arpa", Special::None},
             Case{"172.in-addr.arpa", Special::None},
             Case{"63.100.in-addr.arpa", Special::None},
             Case{"8.8.8.8.in-addr.arpa", Special::None},
             Case{"mylocalhost", Special::None},
             Case{"icloud.com", Special::None},
             Case{"notmask.icloud.com", Special::None},
             Case{"invalid.example", Special::None},
             Case{"", Special::None},
         })
        EXPECT_EQ(special_name(name), special) << name;
}

TEST(DnsdSpecialNames, AreAnsweredHere) {
    Venue venue;
    EXPECT_EQ(venue.ask("app.localhost"), "NOERROR | app.localhost 60 A 127.0.0.1");
    EXPECT_EQ(venue.ask("localhost", type::aaaa), "NOERROR | localhost 60 AAAA ::1");
    EXPECT_EQ(venue.ask({.name = "alive.vivi.invalid"}, from(Ipv4{0x7f000001})), "NXDOMAIN | alive.vivi.invalid 60 SOA");
    EXPECT_EQ(venue.ask("_dns.resolver.arpa", type::svcb), "NOERROR | _dns.resolver.arpa 60 SOA");
    EXPECT_EQ(venue.ask("printer"), "NXDOMAIN | printer 60 SOA") << "no dot: somebody's search list";
    EXPECT_EQ(venue.ask("com", type::ds), "upstream") << "who validates asks for it";
    EXPECT_EQ(venue.ask("", type::ns), "upstream") << "the root";
    EXPECT_EQ(venue.ask("www.example.org", type::any), "NOERROR | www.example.org 3600 TYPE13 9") << "RFC 8482";
}

TEST(DnsdSpecialNames, OfBrowsersAndRelaysAreAChoice) {
    Venue venue;
    EXPECT_EQ(venue.ask("use-application-dns.net"), "NXDOMAIN | use-application-dns.net 10 SOA | ede 15 vivi: browsers' own DoH");
    EXPECT_EQ(venue.ask("mask.icloud.com"), "upstream");
    venue.dns = {.upstream = {}, .block_private_relay = true, .block_browser_doh = false, .private_names = {}};
    venue.set_dns();
    EXPECT_EQ(venue.ask("use-application-dns.net"), "upstream");
    EXPECT_EQ(venue.ask("mask-h2.icloud.com"), "NXDOMAIN | mask-h2.icloud.com 10 SOA | ede 15 vivi: iCloud Private Relay");
    venue.dns = {.upstream = {}, .strict = true, .block_browser_doh = false, .private_names = {}};
    venue.set_dns();
    EXPECT_THAT(venue.ask("use-application-dns.net"), testing::HasSubstr("NXDOMAIN")) << "strict includes both";
    EXPECT_THAT(venue.ask("mask.icloud.com"), testing::HasSubstr("NXDOMAIN"));
    model::Policy policy;
    policy.domains = {{.domain = "mask.icloud.com", .decision = model::Decision::Allow, .scope = {.device = phone, .group = {}}}};
    venue.set_policy(policy);
    EXPECT_EQ(venue.ask({.name = "mask.icloud.com", .id = 77}), "silence")
        << "allowed for this device: joins the question in flight";
}

}  // namespace
}  // namespace vivi::dnsd
