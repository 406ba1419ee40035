// One arm: what a device sends and gets passes the wire twice, and is counted once; the router behind us is no guest.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/router/pcapd/lan.hpp"

namespace vivi::pcapd {
namespace {

using namespace test;  // NOLINT: the LAN is the word of these tests.
using testing::Each;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Mac gateway{{0x02, 0, 0, 0, 0, 0xee}};
constexpr std::string_view gateway_address = "10.66.3.254", outside = "203.0.113.9";

/// The uplink is on the LAN's own wire, behind 10.66.3.254.
struct OneArm : LanWithTable {
    OneArm() { table.set_lan({.router_macs = {router}, .prefixes = {*parse_ipv4_prefix("10.66.0.1/22")}, .next_hop = next_hop}); }

    std::uint64_t tcp(Mac from, Mac to, std::string_view source, std::string_view destination, std::size_t size) {
        const bool up = destination == web_address || destination == outside;
        return sees({.from = from,
                     .to = to,
                     .source = source,
                     .destination = destination,
                     .protocol = 6,
                     .source_port = static_cast<std::uint16_t>(up ? 50'000 : 443),
                     .destination_port = static_cast<std::uint16_t>(up ? 443 : 50'000),
                     .payload = Bytes(size)});
    }
    /// A request of the phone and its answer, masqueraded: four frames on the wire. What the phone's side of them counts.
    std::uint64_t phone_visits_the_web() {
        const auto up = tcp(phone, router, phone_address, web_address, 100);
        tcp(router, gateway, router_address, web_address, 100);
        tcp(gateway, router, web_address, router_address, 1'000);
        return up + tcp(router, phone, web_address, phone_address, 1'000);
    }
    const Ipv4 next_hop = *parse_ipv4(gateway_address);
};

TEST(OneArmed, CountsADownloadOnce) {
    OneArm lan;
    std::uint64_t bytes = 0;
    for (int i = 0; i < 10; ++i) bytes += lan.phone_visits_the_web();
    const auto rows = lan.rows();
    EXPECT_THAT(rows, Each(Field(&model::TrafficRow::device, phone)));
    EXPECT_EQ(bytes_in(rows), bytes);
    EXPECT_EQ(lan.table.counts().ignored, 20U);
    EXPECT_EQ(lan.table.counts().flows, 1U);
}

TEST(OneArmed, ReadsTheNameOfTheDevicesSideOnly) {
    OneArm lan;
    lan.decide_by({.domains = {{.domain = "example.org"}}});
    for (const auto& [from, to, source] :
         {std::tuple{phone, router, phone_address}, std::tuple{router, gateway, router_address}}) {
        lan.sees({.from = from,
                  .to = to,
                  .source = source,
                  .destination = web_address,
                  .protocol = 6,
                  .source_port = 50'000,
                  .destination_port = 443,
                  .payload = bytes_of(openssl_tls13_hello)});
    }
    const auto denied = lan.table.take_denied();
    ASSERT_THAT(denied, SizeIs(1));
    EXPECT_EQ(denied[0].device, phone);
    EXPECT_EQ(denied[0].local, to_mapped(*parse_ipv4(phone_address)));
}

TEST(OneArmed, CountsNothingOfTheRoutersOwnVisits) {
    OneArm lan;
    lan.tcp(gateway, router, outside, router_address, 40);  // Somebody outside knocks, before we ever sent anything.
    lan.tcp(router, gateway, router_address, outside, 40);
    lan.sees({.from = gateway, .to = router, .source = gateway_address, .destination = router_address, .source_port = 53});
    lan.sees({.from = router, .to = gateway, .source = router_address, .destination = gateway_address, .destination_port = 53});
    EXPECT_THAT(lan.rows(), IsEmpty());
    EXPECT_EQ(lan.table.counts().ignored, 4U);
}

TEST(OneArmed, TakesTheGatewayForNoGuest) {
    OneArm lan;
    lan.phone_visits_the_web();
    lan.rows();
    lan.sees({.from = gateway, .to = everybody, .source = gateway_address, .destination = "10.66.3.255", .source_port = 1'900});
    lan.sees({.from = gateway, .to = router, .source = "fe80::ee", .destination = "fe80::1", .protocol = 58});
    EXPECT_THAT(lan.rows(), IsEmpty()) << "neither its broadcasts nor what it says in IPv6";
}

TEST(OneArmed, CountsWhoGoesAroundUsForTheDevice) {
    OneArm lan;
    lan.phone_visits_the_web();
    lan.rows();
    const auto up = lan.tcp(laptop, gateway, laptop_address, web_address, 100);
    const auto down = lan.tcp(gateway, laptop, web_address, laptop_address, 500);
    const auto rows = lan.rows();
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].device, laptop);
    EXPECT_EQ(rows[0].bytes_up, up);
    EXPECT_EQ(rows[0].bytes_down, down);
}

TEST(OneArmed, CountsUnmaskedForwardingOnce) {
    OneArm lan;
    const auto up = lan.tcp(phone, router, phone_address, web_address, 100);
    lan.tcp(router, gateway, phone_address, web_address, 100);
    const auto down = lan.tcp(gateway, phone, web_address, phone_address, 1'000);  // The gateway knows where the phone is.
    const auto rows = lan.rows();
    ASSERT_THAT(rows, SizeIs(1));
    EXPECT_EQ(rows[0].bytes_up, up);
    EXPECT_EQ(rows[0].bytes_down, down);
}

TEST(OneArmed, LetsNoGuestBecomeTheGateway) {
    OneArm lan;
    lan.tcp(laptop, router, outside, web_address, 100);  // A forged source.
    lan.tcp(laptop, router, laptop_address, web_address, 100);
    lan.rows();
    const auto bytes = lan.tcp(laptop, router, laptop_address, web_address, 100);
    EXPECT_EQ(bytes_in(lan.rows()), bytes) << "only what the router itself sends says who the gateway is";
}

TEST(OneArmed, CountsTalkBetweenGuestsAsEver) {
    OneArm lan;
    lan.phone_visits_the_web();
    lan.rows();
    const auto bytes = lan.sees({.from = phone, .to = laptop, .source = phone_address, .destination = laptop_address});
    EXPECT_EQ(bytes_in(lan.rows()), 2 * bytes);
}

TEST(OneArmed, ForgetsTheGatewayWhenAnotherIsConfigured) {
    OneArm lan;
    lan.phone_visits_the_web();
    lan.rows();
    lan.table.set_lan({.router_macs = {router}, .prefixes = {*parse_ipv4_prefix("10.66.0.1/22")}});
    const auto bytes = lan.sees({.from = gateway, .to = router, .source = gateway_address, .destination = router_address});
    EXPECT_EQ(bytes_in(lan.rows()), bytes) << "inline it is a device like any other";
}

}  // namespace
}  // namespace vivi::pcapd
