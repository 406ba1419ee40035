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

}  // namespace
}  // namespace vivi::model
