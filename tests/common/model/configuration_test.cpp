// The configuration document: what it means, and how it says no.
// SPDX-License-Identifier: Apache-2.0
#include "common/model/configuration.hpp"

#include <gmock/gmock.h>

namespace vivi::model {
namespace {

using testing::Contains;
using testing::ElementsAre;

// The example of docs/protocol.md, section 5.
constexpr std::string_view example = R"({"v":1,"revision":7,"custody":"0b8e",
 "networks":[{"name":"lan","interface":"br-lan","address":"10.66.0.1/22",
   "dhcp":{"from":"10.66.0.50","to":"10.66.3.250","lease_seconds":3600,"dns":[],"ntp":[],"domain":"lan","reservations":[]}}],
 "uplink":{"interface":"uplink0","mode":"static","address":"192.0.2.2/24","gateway":"192.0.2.1","masquerade":true},
 "dns":{"upstream":[],"block_answer":"nxdomain","strict":false,"block_private_relay":false,"block_browser_doh":true,"private_names":[]},
 "firewall":{"anti_spoofing":true,"redirect_dns":true,"ipv6":"drop"},
 "policy":{"mode":"block-listed","new_devices":"allow","time_zone":"UTC","groups":[],"phases":[],"schedules":[],
   "devices":[{"device":"02:00:00:00:00:01","decision":"deny","reason":""}],
   "domains":[],"addresses":[],"categories":[],"services":[],"lists":[],"limits":[],"protected_devices":[],"never_blocked":[]},
 "monitoring":{"tick_ms":10000,"watched_tick_ms":250}})";

Json changed(std::string_view pointer, Json value) {
    auto document = Json::parse(example);
    document[Json::json_pointer{std::string{pointer}}] = std::move(value);
    return document;
}

Problems problems_of(const Json& document) {
    const auto parsed = parse_configuration(document);
    return parsed ? Problems{} : parsed.error();
}

TEST(Configuration, TheDocumentedExampleComesBackUnchanged) {
    const auto document = Json::parse(example);
    const auto configuration = parse_configuration(document);
    ASSERT_TRUE(configuration) << problems_of(document).front();
    EXPECT_EQ(configuration->revision, 7);
    EXPECT_EQ(configuration->policy.devices.at(0).decision, Decision::Deny);
    EXPECT_EQ(to_json(*configuration), document);
}

TEST(Configuration, ReportsEveryProblemAtItsPointer) {
    auto document = changed("/networks/0/address", "10.66.0.1");
    document["monitoring"]["tik_ms"] = 1;
    document["policy"]["devices"][0]["device"] = "phone";
    EXPECT_THAT(problems_of(document), Contains("/networks/0/address: must be an IPv4 prefix like 10.66.0.1/22"));
    EXPECT_THAT(problems_of(document), Contains("/monitoring/tik_ms: unknown key"));
    EXPECT_THAT(problems_of(document), Contains("/policy/devices/0/device: must be a MAC address like 02:00:00:00:00:01"));
}

TEST(Configuration, RefusesAPoolOutsideItsNetwork) {
    EXPECT_THAT(problems_of(changed("/networks/0/dhcp/to", "10.66.4.1")),
                ElementsAre("/networks/0/dhcp/to: must lie inside 10.66.0.1/22"));
}

TEST(Configuration, RefusesAnUplinkThatOverlapsTheLan) {
    EXPECT_THAT(problems_of(changed("/uplink/address", "10.66.2.9/24")), ElementsAre("/uplink/address: overlaps network lan"));
}

TEST(Configuration, RefusesWhatIsNotAnObject) { EXPECT_FALSE(problems_of(Json::array()).empty()); }

TEST(Configuration, SaysWhomToAsk) {
    const auto document = changed("/contact", "Desk 3, or <b>+33 1</b>");
    const auto configuration = parse_configuration(document);
    ASSERT_TRUE(configuration);
    EXPECT_EQ(configuration->contact, "Desk 3, or <b>+33 1</b>");
    EXPECT_EQ(to_json(*configuration), document);
    EXPECT_THAT(problems_of(changed("/contact", "two\nlines")),
                ElementsAre("/contact: must be one line of at most 120 characters"));
    EXPECT_THAT(problems_of(changed("/contact", std::string(121, 'x'))), testing::SizeIs(1));
}

TEST(Configuration, ANetworkMayBeABridgeThatTheRouterMakes) {
    const auto document = changed("/networks/0/ports", {"eth1", "eth2"});
    const auto configuration = parse_configuration(document);
    ASSERT_TRUE(configuration);
    EXPECT_THAT(configuration->networks.at(0).ports, ElementsAre("eth1", "eth2"));
    EXPECT_EQ(to_json(*configuration), document);
    EXPECT_THAT(problems_of(changed("/networks/0/ports", {"eth1", "uplink0"})),
                ElementsAre("/networks/0/ports: uplink0 is the uplink's"));
    EXPECT_THAT(problems_of(changed("/networks/0/ports", {"eth1", "br-lan"})),
                ElementsAre("/networks/0/ports: br-lan is a network's interface itself"));
    EXPECT_THAT(problems_of(changed("/networks/0/ports", {"eth1", "eth1"})), Contains("/networks/0/ports: eth1 is used twice"));
    EXPECT_THAT(problems_of(changed("/networks/0/ports", {"a name that is too long"})),
                Contains("/networks/0/ports/0: must have 1 to 15 characters"));
    auto two = changed("/networks/0/ports", {"eth1"});
    two["networks"].push_back({{"name", "crew"}, {"interface", "br-crew"}, {"address", "10.80.0.1/24"}, {"ports", {"eth1"}}});
    EXPECT_THAT(problems_of(two), ElementsAre("/networks/1/ports: eth1 is used twice"));
}

}  // namespace
}  // namespace vivi::model
