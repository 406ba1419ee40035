// A spare goes on with the leases of the router whose place it took.
// SPDX-License-Identifier: Apache-2.0
#include "router/dhcpd/carried.hpp"

#include <gmock/gmock.h>

#include "tests/router/dhcpd/client.hpp"

namespace vivi::dhcpd::test {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

model::Lease carried(Mac mac, Ipv4 address, WallTime expires_at, const std::string& client_id = "") {
    return {.device = mac,
            .address = address,
            .network = "lan",
            .hostname = "phone",
            .client_id = client_id,
            .duration = 3600s,
            .granted_at = expires_at - 3600s,
            .expires_at = expires_at};
}

TEST(DhcpdCarried, AGuestKeepsItsAddressAndNobodyElseGetsIt) {
    Lan lan{one_address()};
    const auto out = take_over(lan.engine, carried(phone, host(100), lan.wall + 600s), lan.now());
    ASSERT_THAT(out.changes, SizeIs(1));
    EXPECT_EQ(out.changes[0].topic, model::topic::lease_renewed) << "written down, and told";
    EXPECT_EQ(lan.discover(laptop), std::nullopt);
    EXPECT_EQ(lan.reboot(phone, host(100))->type, Type::Ack);
}

TEST(DhcpdCarried, WhoCameFirstStays) {
    Lan lan{one_address()};
    ASSERT_TRUE(take_over(lan.engine, carried(laptop, host(100), lan.wall + 600s), lan.now()).changes.size() == 1);
    EXPECT_THAT(take_over(lan.engine, carried(phone, host(100), lan.wall + 600s), lan.now()).changes, IsEmpty());
    EXPECT_THAT(take_over(lan.engine, carried(laptop, host(100), lan.wall + 600s), lan.now()).changes, IsEmpty()) << "once";
    EXPECT_EQ(lan.engine.leases(lan.now()).at(0).device, laptop);
}

TEST(DhcpdCarried, ALeaseThatIsOverSaysWhoseTheAddressWas) {
    Lan network{lan(100, 101)};
    const auto out = take_over(network.engine, carried(phone, host(101), network.wall - 600s), network.now());
    ASSERT_THAT(out.changes, SizeIs(1));
    EXPECT_EQ(out.changes[0].topic, model::topic::lease_expired);
    EXPECT_EQ(network.discover(laptop), host(100));
    EXPECT_EQ(network.discover(phone), host(101));
}

TEST(DhcpdCarried, AnotherNetworksAddressIsNotTaken) {
    Lan lan{one_address()};
    EXPECT_THAT(take_over(lan.engine, carried(phone, *parse_ipv4("192.0.2.1"), lan.wall + 600s), lan.now()).changes, IsEmpty());
}

TEST(DhcpdCarried, IsReadWholeOrNotAtAll) {
    const std::string lease =
        R"({"device":"02:00:00:00:00:01","address":"10.66.0.50","network":"lan","duration_seconds":3600,"granted_at":1,"expires_at":2})";
    EXPECT_THAT(*parse_carried(R"({"leases":[)" + lease + "]}"), SizeIs(1));
    EXPECT_THAT(*parse_carried(R"({"leases":[]})"), IsEmpty());
    for (const auto* bad : {"", "[]", "{}", R"({"leases":{}})", R"({"leases":[{}]})", R"({"leases":[1]})"})
        EXPECT_EQ(parse_carried(bad).error().code, Code::Invalid) << bad;
    EXPECT_EQ(read_carried("/nowhere/at/all").error().code, Code::NotFound);
}

}  // namespace
}  // namespace vivi::dhcpd::test
